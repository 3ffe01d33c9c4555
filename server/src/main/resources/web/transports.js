/** One publication on every transport at once, with its delay and its bytes: the comparison of the guide, measured live. */
import { byId, connected, element, me, whilePressed } from "./demo.js";
import { follow as followGrpcWeb } from "./grpc-web.js";
import { TRANSPORTS, connect } from "./sdk/sluice.js";

const CHANNEL = `compare:${me}`;
const POLL_MILLIS = 1000;
const REMEMBERED = 1000;

const sent = new Map(); // id -> when
const publisher = connected().channel(CHANNEL);
publisher.subscribe(() => {});

for (const { name, label } of TRANSPORTS) {
  const row = rowOf(label);
  const last = { bytes: 0 };
  const sluice = connect(location.origin, { user: me, transports: [name], pollMillis: POLL_MILLIS, runtime: counting(last) });
  sluice.onState((state) => row.state(state.name));
  sluice.channel(CHANNEL).subscribe(({ data }) => row.arrived(data.id, last.bytes));
}
const grpcWeb = rowOf("gRPC-Web");
followGrpcWeb(CHANNEL, ({ id }, bytes) => grpcWeb.arrived(id, bytes), grpcWeb.state).catch(() => grpcWeb.state("ended"));

/** @param {string} label */
function rowOf(label) {
  const row = element("tr");
  const title = element("th", "", label);
  title.scope = "row";
  const [state, late, weight, median, received] = ["wide", "late", "", "wide", ""].map((kind) => element("td", kind, "–"));
  row.append(title, state, late, weight, median, received);
  byId("rows").append(row);
  const delays = [];
  return {
    state: (/** @type {string} */ name) => (state.textContent = name),
    arrived: (/** @type {number} */ id, /** @type {number} */ bytes) => {
      const delay = performance.now() - sent.get(id);
      if (Number.isNaN(delay)) return; // published by another tab
      delays.push(delay);
      const bar = element("i");
      bar.style.width = `${Math.min(100, 2 + delay / 10)}%`;
      late.replaceChildren(`${delay.toFixed(1)} ms`, bar);
      weight.textContent = `${bytes.toLocaleString()} B`;
      median.textContent = `${[...delays].sort((a, b) => a - b)[delays.length >> 1].toFixed(1)} ms`;
      received.textContent = row.dataset.received = String(delays.length);
    },
  };
}

/** A runtime that writes down how large the last frame, piece of a stream, or response was. @param {{bytes: number}} last */
function counting(last) {
  const size = (/** @type {string} */ text) => new TextEncoder().encode(text).length;
  const head = (/** @type {number} */ length) => (length < 126 ? 2 : length < 65_536 ? 4 : 10);
  class CountedSocket extends WebSocket {
    constructor(url, protocol) {
      super(url, protocol);
      this.addEventListener("message", ({ data }) => (last.bytes = head(size(data)) + size(data)));
    }
  }
  async function countedFetch(url, init) {
    const response = await fetch(url, init);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const transform = (chunk, out) => {
        last.bytes = chunk.byteLength;
        out.enqueue(chunk);
      };
      return new Response(response.body.pipeThrough(new TransformStream({ transform })), response);
    }
    const fields = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    last.bytes = size(`HTTP/1.1 200 OK\r\n${fields}\r\n`) + (await response.clone().arrayBuffer()).byteLength;
    return response;
  }
  return { WebSocket: CountedSocket, fetch: countedFetch };
}

let lastId = 0;
function publish() {
  const id = ++lastId;
  sent.set(id, performance.now());
  sent.delete(id - REMEMBERED);
  publisher.publish({ id, filler: "x".repeat(Number(byId("size").value)) });
}

byId("send").addEventListener("click", publish);
whilePressed(byId("repeat"), 1000, publish);
