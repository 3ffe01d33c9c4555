import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../src/sluice.js";
import { ManualRuntime, Storage, json, problem, settled } from "./testkit/manual-runtime.js";

const stored = json.bind(null, { channel: "c", position: "e.1", time: "2026-11-21T09:00:00.123Z" }, 201);
const unreachable = () => new TypeError("fetch failed");
const client = (runtime, options) => connect("http://edge.test", { runtime, ...options });
const sent = (runtime) => runtime.requests.map(({ body, headers }) => [body, headers["Idempotency-Key"]]);

test("a publish waits for the network and is sent again with the same key", async () => {
  let works = false;
  const runtime = new ManualRuntime({ answer: () => (works ? stored() : unreachable()) });
  const sluice = client(runtime);

  const published = sluice.channel("c").publish({ n: 1 }, { key: "k-1" });
  await runtime.advance(10_000);
  const waiting = sluice.queued;
  works = true;
  runtime.happens("online");
  const receipt = await published;

  assert.equal(waiting, 1);
  assert.equal(sluice.queued, 0);
  assert.equal(receipt.position, "e.1");
  assert.ok(runtime.requests.length > 2);
  assert.deepEqual([...new Set(sent(runtime).map(String))], ['{"n":1},k-1']);
});

test("publishes of a channel stay in order, and other channels do not wait for them", async () => {
  let works = false;
  const runtime = new ManualRuntime({ answer: (url) => (works || url.pathname.includes("fine") ? stored() : unreachable()) });
  const sluice = client(runtime);

  const first = sluice.channel("broken").publish(1);
  const second = sluice.channel("broken").publish(2);
  await sluice.channel("fine").publish(3);
  works = true;
  runtime.happens("online");
  await Promise.all([first, second]);

  const arrived = runtime.requests.filter(({ url }) => url.pathname.includes("broken")).map(({ body }) => body);
  assert.deepEqual(arrived, ["1", "1", "2"]);
});

test("what the server refuses for good is rejected, and the next one goes on", async () => {
  const runtime = new ManualRuntime({ answer: (url, { body }) => (body === "1" ? problem(413, "too-large") : stored()) });
  const sluice = client(runtime);

  const refused = sluice.channel("c").publish(1);
  const next = sluice.channel("c").publish(2);

  await assert.rejects(refused, { name: "SluiceError", code: "too-large", status: 413 });
  assert.equal((await next).position, "e.1");
});

test("Retry-After is kept", async () => {
  const runtime = new ManualRuntime({
    answer: (url, init, time) => (time === 1 ? problem(429, "rate-limited", { "retry-after": "7" }) : stored()),
  });
  const sluice = client(runtime);

  const published = sluice.channel("c").publish(1);
  await runtime.advance(7000);
  const early = runtime.requests.length;
  await runtime.advance(1000);
  await published;

  assert.equal(early, 1);
  assert.equal(runtime.requests.length, 2);
});

test("more than may wait is refused at once", async () => {
  const runtime = new ManualRuntime({ answer: unreachable });
  const sluice = client(runtime, { maxQueued: 2 });
  const nobody = () => {};
  sluice.channel("c").publish(1).catch(nobody);
  sluice.channel("c").publish(2).catch(nobody);

  const third = sluice.channel("c").publish(3);

  await assert.rejects(third, { code: "queue-full" });
  sluice.close();
});

test("what waits survives a reload where that is asked for, in order and with its keys", async () => {
  const storage = new Storage();
  const before = client(new ManualRuntime({ answer: unreachable, storage }), { persist: true });
  before.channel("c").publish("one", { key: "k-1" }).catch(() => {});
  before.channel("c").publish(Uint8Array.of(1, 2), { key: "k-2" }).catch(() => {});
  await settled();
  before.close();

  const runtime = new ManualRuntime({ answer: stored, storage });
  const after = client(runtime, { persist: true });
  await settled();

  assert.deepEqual(sent(runtime), [
    ['"one"', "k-1"],
    [Uint8Array.of(1, 2), "k-2"],
  ]);
  assert.equal(after.queued, 0);
  assert.equal(storage.length, 0);
});

test("nothing is stored where it is not asked for", async () => {
  const runtime = new ManualRuntime({ answer: unreachable });
  const sluice = client(runtime);

  sluice.channel("c").publish("secret").catch(() => {});
  await settled();

  assert.equal(runtime.storage.length, 0);
  sluice.close();
});

test("closing rejects what waits", async () => {
  const sluice = client(new ManualRuntime({ answer: unreachable }));
  const published = sluice.channel("c").publish(1);
  await settled();

  sluice.close();

  await assert.rejects(published, { code: "closed" });
  await assert.rejects(sluice.channel("c").publish(2), { code: "closed" });
});

test("a 401 is answered with a new token, once", async () => {
  let tokens = 0;
  const runtime = new ManualRuntime({
    answer: (url, { headers }) => (headers.Authorization === "Bearer 2" ? stored() : problem(401, "token-expired")),
  });
  const sluice = client(runtime, { token: async () => String(++tokens) });

  const receipt = await sluice.channel("c").publish(1);

  assert.equal(receipt.position, "e.1");
  assert.deepEqual(runtime.requests.map(({ headers }) => headers.Authorization), ["Bearer 1", "Bearer 2"]);
});

test("a token that cannot be had now is asked for again later", async () => {
  let tokens = 0;
  const runtime = new ManualRuntime({ answer: stored });
  const token = () => (++tokens < 3 ? Promise.reject(new Error("no network")) : "t");
  const sluice = client(runtime, { token });

  const published = sluice.channel("c").publish(1);
  await runtime.advance(60_000);

  assert.equal((await published).position, "e.1");
  assert.equal(tokens, 3);
});
