/** Forced disconnects with random changes of the transport: nothing is lost, nothing comes twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TRANSPORTS, connect } from "../src/sluice.js";
import { FaultProxy, randomOf } from "./testkit/fault-proxy.js";
import { Server } from "./testkit/server.js";

const DISCONNECTS = 500;
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
/** The clients' time runs faster, so that waits are short. */
const HASTE = 20;

const hasty = {
  now: () => performance.now() * HASTE,
  setTimeout: (run, millis) => setTimeout(run, millis / HASTE),
};

test(`nothing is lost or repeated over ${DISCONNECTS} forced disconnects (TEST_SEED=${SEED})`, { timeout: 240_000 }, async (t) => {
  const random = randomOf(SEED);
  const pick = (choices) => choices[Math.floor(random() * choices.length)];
  const server = await Server.start();
  t.after(() => server.stop());
  const proxy = new FaultProxy(server.port, random);
  const url = await proxy.listen();
  t.after(() => proxy.close());
  const settings = { runtime: hasty, backoff: { first: 100, cap: 400 }, climbMillis: 4000, pollMillis: 200, maxRetries: Infinity };
  const reader = connect(url, settings);
  const writer = connect(url, { ...settings, maxQueued: 100_000 });
  t.after(() => [reader, writer].forEach((one) => one.close()));
  const received = [];
  const gaps = [];
  let look = () => {};
  reader.channel("faults").subscribe(
    { message: ({ data }) => (received.push(data), look()), gap: (gap) => gaps.push(gap) },
    { after: "earliest" },
  );
  const used = new Map();
  let broke = 0;
  let was = "";
  reader.onState(({ name, transport }) => {
    if (name === "live") used.set(transport, (used.get(transport) ?? 0) + 1);
    if (was === "live" && name !== "live") broke++;
    was = name;
    look();
  });
  const until = async (holds) => {
    while (!holds()) await new Promise((next) => (look = () => next(null)));
  };
  const receipts = [];
  const publish = () => receipts.push(writer.channel("faults").publish(receipts.length + 1));

  for (let round = 0; round < DISCONNECTS; round++) {
    proxy.badness = pick([0, 0, 0.1, 0.4]);
    if (random() < 0.4) reader.useTransports(...(random() < 0.3 ? [] : [pick(TRANSPORTS).name]));
    await until(() => reader.state.name === "live");
    const before = broke;
    for (let burst = Math.floor(random() * 4); burst > 0; burst--) publish();
    if (random() < 0.5) await until(() => broke > before || received.length >= receipts.length);
    proxy.breakAll();
    while (broke === before) {
      publish();
      await until(() => broke > before || received.length >= receipts.length);
      if (broke === before) proxy.breakAll();
    }
  }
  proxy.badness = 0;
  await Promise.all(receipts);
  await until(() => received.length >= receipts.length);

  const published = Array.from({ length: receipts.length }, (_, index) => index + 1);
  t.diagnostic(`${DISCONNECTS} disconnects, ${proxy.faults} faults, ${published.length} messages, ${JSON.stringify([...used])}`);
  assert.deepEqual(received, published);
  assert.deepEqual(gaps, []);
  assert.deepEqual([...used.keys()].sort(), ["longpoll", "poll", "sse", "websocket"]);
});
