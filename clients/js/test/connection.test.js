import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../src/connection.js";
import { SluiceError } from "../src/error.js";
import { HttpApi } from "../src/http-api.js";
import { TRANSITIONS } from "../src/state.js";
import { ManualRuntime, Storage, json, problem, settled } from "./testkit/manual-runtime.js";

const gone = () => new SluiceError("unreachable", "gone");

/** A transport whose links the test speaks for. */
function scripted(name, behave = (host) => host.live()) {
  const transport = { name, label: name, pushes: true, isAvailable: () => true, behave, links: [] };
  transport.open = (host) => {
    const link = { host, stopped: false, stop: () => (link.stopped = true), after: new Map(host.cursors) };
    transport.links.push(link);
    queueMicrotask(() => transport.behave(host, transport.links.length));
    return link;
  };
  return transport;
}

function connection(transports, { runtime = new ManualRuntime(), token, ...settings } = {}) {
  const api = new HttpApi(new URL("http://edge.test"), runtime, { token });
  const seen = { states: [], messages: [], gaps: [], refused: [] };
  const made = new Connection(
    api,
    runtime,
    transports,
    { climbMillis: 60_000, pollMillis: 1000, maxRetries: 5, key: "transport", ...settings },
    {
      message: (publication) => seen.messages.push(publication.position),
      gap: (gap) => seen.gaps.push(gap.to),
      signal: () => {},
      presence: () => {},
      refused: (channel, error) => seen.refused.push([channel, error.code]),
      state: ({ name, transport }) => seen.states.push(`${name} ${transport}`),
    },
  );
  return { connection: made, runtime, seen };
}

const broken = (host) => host.broken(gone());

test("a transport that does not work is left for the next one at once", async () => {
  const top = scripted("top", broken);
  const low = scripted("low");
  const { connection: line, seen } = connection([top, low]);

  line.add("news", "latest");
  await settled();

  assert.deepEqual(seen.states, ["connecting top", "connecting low", "live low"]);
});

test("a transport that never begins is left after ten seconds", async () => {
  const top = scripted("top", () => {});
  const low = scripted("low");
  const { connection: line, runtime, seen } = connection([top, low]);

  line.add("news", "latest");
  await runtime.advance(9_999);
  const before = seen.states.at(-1);
  await runtime.advance(1);

  assert.equal(before, "connecting top");
  assert.equal(seen.states.at(-1), "live low");
  assert.equal(top.links[0].stopped, true);
});

test("what opens next begins after the last publication that was taken", async () => {
  const only = scripted("only");
  const { connection: line, runtime, seen } = connection([only]);
  line.add("news", "e.1");
  await settled();

  only.links[0].host.message({ channel: "news", position: "e.2" });
  only.links[0].host.gap({ channel: "news", from: "e.3", to: "e.9" });
  only.links[0].host.broken(gone());
  await runtime.advance(1000);

  assert.deepEqual([...only.links[1].after], [["news", "e.9"]]);
  assert.deepEqual(seen.messages, ["e.2"]);
  assert.deepEqual(seen.gaps, ["e.9"]);
});

test("a link that was stopped says nothing any more", async () => {
  const only = scripted("only");
  const { connection: line, runtime, seen } = connection([only]);
  line.add("news", "e.1");
  await settled();
  const old = only.links[0].host;
  old.broken(gone());
  await runtime.advance(1000);

  old.message({ channel: "news", position: "e.2" });
  old.broken(gone());

  assert.deepEqual(seen.messages, []);
  assert.equal(line.state.name, "live");
});

test("a transport that has worked is tried again before another one", async () => {
  const top = scripted("top", (host, time) => (time === 1 || time > 3 ? host.live() : host.broken(gone())));
  const low = scripted("low");
  const { connection: line, runtime } = connection([top, low]);
  line.add("news", "latest");
  await runtime.advance(10_000);

  top.links[0].host.broken(gone());
  await runtime.advance(60_000);

  assert.equal(line.state.name, "live");
  assert.equal(line.state.transport, "top");
  assert.equal(low.links.length, 0);
});

test("after three misses in a row it goes down, and remembers for the next page", async () => {
  const storage = new Storage();
  const runtime = new ManualRuntime({ storage });
  const top = scripted("top", (host, time) => (time === 1 ? host.live() : host.broken(gone())));
  const low = scripted("low");
  const { connection: line } = connection([top, low], { runtime });
  line.add("news", "latest");
  await runtime.advance(10_000);
  top.links[0].host.broken(gone());
  await runtime.advance(30_000);

  const next = connection([top, low], { runtime });
  next.connection.add("news", "latest");
  await settled();

  assert.equal(line.state.transport, "low");
  assert.equal(top.links.length, 4);
  assert.deepEqual(next.seen.states, ["connecting low", "live low"]);
});

test("it climbs again: first with a link that carries nothing, and only when that works", async () => {
  let works = false;
  const top = scripted("top", (host) => (works ? host.live() : host.broken(gone())));
  const low = scripted("low");
  const { connection: line, runtime, seen } = connection([top, low]);
  line.add("news", "e.1");
  await settled();

  await runtime.advance(60_000);
  const afterFirst = line.state.transport;
  works = true;
  await runtime.advance(119_999);
  const beforeSecond = top.links.length;
  low.links[0].host.message({ channel: "news", position: "e.2" });
  await runtime.advance(1);

  assert.equal(afterFirst, "low");
  assert.equal(beforeSecond, 2);
  assert.deepEqual(seen.states.slice(-2), ["connecting top", "live top"]);
  assert.equal(top.links[2].stopped, true);
  assert.deepEqual([...top.links[3].after], [["news", "e.2"]]);
  assert.equal(low.links[0].stopped, true);
});

test("a server that drains says when to come back, and that is kept to the millisecond", async () => {
  const only = scripted("only");
  const { connection: line, runtime } = connection([only]);
  line.add("news", "latest");
  await settled();

  only.links[0].host.drain(1840);
  only.links[0].host.broken(new SluiceError("ended", "4503"));
  line.changed("visible");
  await runtime.advance(1839);
  const early = line.state.name;
  await runtime.advance(1);

  assert.equal(early, "waiting");
  assert.equal(line.state.name, "live");
});

test("Retry-After is the least that is waited", async () => {
  const refused = new SluiceError("overloaded", "full", { status: 503, retryAfterMillis: 9000 });
  const only = scripted("only", (host, time) => (time === 1 ? host.broken(refused) : host.live()));
  const { connection: line, runtime } = connection([only]);

  line.add("news", "latest");
  await settled();
  const { retryAt } = line.state;
  line.changed("online");
  await runtime.advance(9000);
  const early = line.state.name;
  await runtime.advance(1000);

  assert.equal(retryAt - runtime.now(), -500);
  assert.equal(early, "waiting");
  assert.equal(line.state.name, "live");
});

test("after the last retry it has failed, says why, and only retry() goes on", async () => {
  let works = false;
  const only = scripted("only", (host) => (works ? host.live() : host.broken(gone())));
  const { connection: line, runtime } = connection([only], { maxRetries: 3 });
  line.add("news", "latest");

  await runtime.advance(600_000);
  const { name, error } = line.state;
  const attempts = only.links.length;
  works = true;
  await runtime.advance(600_000);
  const later = line.state.name;
  line.retry();
  await settled();

  assert.equal(name, "failed");
  assert.equal(error.code, "unreachable");
  assert.equal(attempts, 4);
  assert.equal(later, "failed");
  assert.equal(line.state.name, "live");
});

test("attempts in a tunnel do not count, and its end is noticed at once", async () => {
  let works = false;
  const only = scripted("only", (host) => (works ? host.live() : host.broken(gone())));
  const { connection: line, runtime } = connection([only], { maxRetries: 3 });
  runtime.offline = true;
  line.add("news", "latest");

  await runtime.advance(3_600_000);
  const { name, offline, retryAt } = line.state;
  runtime.offline = false;
  works = true;
  line.changed("online");
  await settled();

  assert.equal(name, "waiting");
  assert.equal(offline, true);
  assert.ok(retryAt > runtime.now());
  assert.equal(line.state.name, "live");
});

test("a page that is seen again after a while finds out whether its link is still there", async () => {
  const only = scripted("only");
  const { connection: line, runtime } = connection([only]);
  line.add("news", "latest");
  await settled();

  line.changed("hidden");
  await runtime.advance(5000);
  line.changed("visible");
  const afterAMoment = only.links.length;
  line.changed("hidden");
  await runtime.advance(31_000);
  line.changed("visible");
  await settled();

  assert.equal(afterAMoment, 1);
  assert.equal(only.links.length, 2);
});

test("an expired token is replaced once; a second refusal is the end", async () => {
  let tokens = 0;
  const expired = () => new SluiceError("token-expired", "expired", { status: 401 });
  const only = scripted("only", (host, time) => (time === 2 ? host.live() : host.broken(expired())));
  const { connection: line, runtime } = connection([only], { token: () => `token ${++tokens}` });

  line.add("news", "latest");
  await settled();
  const renewed = line.state.name;
  only.links[1].host.broken(expired());
  await runtime.advance(60_000);

  assert.equal(renewed, "live");
  assert.equal(line.state.name, "failed");
  assert.equal(line.state.error.code, "token-expired");
});

test("a refused channel does not take the others with it", async () => {
  const forbidden = new SluiceError("forbidden", "no", { status: 403 });
  const runtime = new ManualRuntime({
    answer: (url) => (url.pathname.includes("secret") ? problem(403, "forbidden") : json({ messages: [], position: "e.1" })),
  });
  const only = scripted("only", (host) => (host.cursors.has("secret") ? host.broken(forbidden) : host.live()));
  const { connection: line, seen } = connection([only], { runtime });

  line.add("news", "e.1");
  line.add("secret", "f.1");
  await settled();

  assert.deepEqual(seen.refused, [["secret", "forbidden"]]);
  assert.equal(line.state.name, "live");
  assert.deepEqual([...line.cursors.keys()], ["news"]);
});

test("the transport may be changed while it is found out which channel is refused", async () => {
  const forbidden = new SluiceError("forbidden", "no", { status: 403 });
  let answer = () => {};
  const runtime = new ManualRuntime({ answer: () => new Promise((given) => (answer = given)) });
  const first = scripted("first", (host) => host.broken(forbidden));
  const other = scripted("other");
  const { connection: line } = connection([first], { runtime });
  line.add("a", "e.1");
  line.add("b", "f.1");
  await settled();

  line.use([other]);
  await settled();
  answer(problem(403, "forbidden"));
  await settled();

  assert.equal(line.state.name, "live");
  assert.deepEqual([...line.cursors.keys()], ["a", "b"]);
});

test("without channels nothing is open", async () => {
  const only = scripted("only");
  const { connection: line, runtime } = connection([only]);
  line.add("news", "latest");
  await settled();

  line.remove("news");
  await settled();

  assert.equal(line.state.name, "idle");
  assert.equal(only.links[0].stopped, true);
  assert.equal(runtime.nextMillis, undefined);
});

test("nothing follows on closed, and every state can be left but that", () => {
  const { connection: line } = connection([scripted("only")]);

  line.close();
  line.close();
  line.add("news", "latest");

  assert.equal(line.state.name, "closed");
  assert.deepEqual(Object.keys(TRANSITIONS).filter((name) => TRANSITIONS[name].length === 0), ["closed"]);
});
