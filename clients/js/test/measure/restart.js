/**
 * How long it takes to come back after the server was killed and started again, over each transport:
 *
 * - `resume`: from the beginning of the attempt that succeeds to the last of 100 messages that were missed;
 * - `with the wait`: from when the server takes connections and has stored them to the same, so with what is left of the client's wait. Each
 *   connection holds for long enough before the next restart, else the client would take both for one long trouble.
 *
 * docs/decisions/coming-back.md says what this is made of.
 *
 * `npm run measure -- 2` restarts twice for each transport instead of five times.
 */
import { connect as dial } from "node:net";
import { TRANSPORTS, connect } from "../../src/sluice.js";
import { Server } from "../testkit/server.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const MISSED = 100;
/** A connection that has held for longer than this begins its waits anew: see `connection.js`. */
const STEADY_MILLIS = 5_200;
const now = () => performance.now();

async function accepts(port) {
  for (;;) {
    const open = await new Promise((known) => {
      const socket = dial(port, "127.0.0.1");
      socket.on("connect", () => known(socket.destroy()));
      socket.on("error", () => known(null));
    });
    if (open) return now();
    await new Promise((next) => setTimeout(next, 2));
  }
}

/** A client whose way to the server can be closed. @param {string} transport */
function gated(transport) {
  let closed = false;
  const nowhere = "ws://127.0.0.1:9";
  const Socket = globalThis.WebSocket;
  const GatedSocket = class extends Socket {
    constructor(url, protocol) {
      super(closed ? nowhere : url, protocol);
    }
  };
  const runtime = {
    WebSocket: GatedSocket,
    fetch: (url, init) => (closed ? Promise.reject(new TypeError("away")) : fetch(url, init)),
  };
  return { sluice: connect(server.url, { transports: [transport], runtime }), close: (now) => (closed = now) };
}

/** Publishes while the reader is away: the reader's attempts fail until the messages are stored. */
async function round(server, sluice, close, channel, seen) {
  let attempt = 0;
  await new Promise((steady) => setTimeout(steady, STEADY_MILLIS));
  close(true);
  const forget = sluice.onState(({ name }) => name === "connecting" && (attempt = now()));
  await server.kill();
  const listening = accepts(server.port);
  await server.startAgain();
  const first = await listening;
  const body = JSON.stringify(Array.from({ length: MISSED }, (_, n) => ({ channel, data: n })));
  await fetch(`${server.url}/v1/messages`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const wanted = seen.count + MISSED;
  const stored = now();
  close(false);
  await new Promise((done) => (seen.look = () => seen.count >= wanted && done()));
  const end = now();
  forget();
  return { resume: end - attempt, after: end - Math.max(first, stored) };
}

const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const text = (values) => `${middle(values).toFixed(0)} | ${Math.max(...values).toFixed(0)}`;
const server = await Server.start();
console.log(`node ${process.version}, ${ROUNDS} restarts each, ${MISSED} messages missed each time\n`);
console.log("| transport | resume, median ms | worst ms | with the wait, median ms | worst ms |\n|---|---|---|---|---|");
for (const { name, label } of TRANSPORTS) {
  const { sluice, close } = gated(name);
  const channel = `measure:${name}`;
  const seen = { count: 0, look: () => {} };
  sluice.channel(channel).subscribe(() => (seen.count++, seen.look()));
  await new Promise((live) => sluice.onState((state) => state.name === "live" && live()));
  const results = [];
  for (let n = 0; n < ROUNDS; n++) results.push(await round(server, sluice, close, channel, seen));
  console.log(`| ${label} | ${text(results.map((one) => one.resume))} | ${text(results.map((one) => one.after))} |`);
  sluice.close();
}
await server.stop();
