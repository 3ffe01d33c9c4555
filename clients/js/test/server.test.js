/** The client against a real server, over every transport. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { TRANSPORTS, connect } from "../src/sluice.js";
import { Server } from "./testkit/server.js";

const NAMES = TRANSPORTS.map(({ name }) => name);
const PATIENCE_MILLIS = 20_000;
let clients = [];
let lastChannel = 0;

/** A channel that no other test uses. */
const fresh = () => `js:${process.pid}-${++lastChannel}`;

function client(server, options = {}) {
  const made = connect(server.url, { pollMillis: 20, backoff: { first: 50, cap: 500 }, ...options });
  clients.push(made);
  return made;
}

const closeAll = () => clients.splice(0).forEach((one) => one.close());

/** Collects what handlers get, and waits for some of it. */
class Seen {
  #items = [];
  #waits = [];

  add = (item) => {
    this.#items.push(item);
    this.#waits = this.#waits.filter((look) => !look());
  };

  get items() {
    return [...this.#items];
  }

  /** The first that fits; rejected when none comes in time. */
  first(fits) {
    return new Promise((found, missing) => {
      const late = setTimeout(() => missing(new Error(`it never came; seen: ${JSON.stringify(this.#items)}`)), PATIENCE_MILLIS);
      const look = () => {
        const item = this.#items.find(fits);
        if (item === undefined) return false;
        clearTimeout(late);
        found(item);
        return true;
      };
      if (!look()) this.#waits.push(look);
    });
  }
}

function live(sluice) {
  const states = new Seen();
  sluice.onState(states.add);
  states.add(sluice.state);
  return states.first(({ name }) => name === "live");
}

describe("with a server that takes everybody", () => {
  /** @type {Server} */
  let server;
  before(async () => (server = await Server.start({ SLUICE_HUB_NAMESPACES_DEFAULT_MAX_MESSAGES: "20" })));
  after(() => server.stop());

  for (const transport of NAMES) {
    test(`over ${transport} what was published before and after comes once and in order`, async (t) => {
      t.after(closeAll);
      const sluice = client(server, { transports: [transport] });
      const channel = sluice.channel(fresh());
      const seen = new Seen();
      for (let n = 1; n <= 5; n++) await channel.publish({ n });

      channel.subscribe((publication) => seen.add(publication.data.n), { after: "earliest" });
      await live(sluice);
      for (let n = 6; n <= 10; n++) await channel.publish({ n });
      await seen.first((n) => n === 10);

      assert.deepEqual(seen.items, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      assert.equal(sluice.state.transport, transport);
    });

    test(`over ${transport} several channels come and go`, async (t) => {
      t.after(closeAll);
      const sluice = client(server, { transports: [transport] });
      const [a, b, c] = [fresh(), fresh(), fresh()].map((name) => sluice.channel(name));
      const seen = new Seen();
      const take = ({ channel, data }) => seen.add(`${channel === a.name ? "a" : channel === b.name ? "b" : "c"}${data}`);

      const first = a.subscribe(take);
      b.subscribe(take);
      await live(sluice);
      await a.publish(1);
      await b.publish(1);
      await seen.first((item) => item === "a1");
      await seen.first((item) => item === "b1");
      first.unsubscribe();
      c.subscribe(take, { after: "earliest" });
      await c.publish(1);
      await seen.first((item) => item === "c1");
      await a.publish(2);
      await b.publish(2);
      await seen.first((item) => item === "b2");

      assert.deepEqual(seen.items.sort(), ["a1", "b1", "b2", "c1"]);
    });

    test(`over ${transport} what the log no longer holds is a gap, told first`, async (t) => {
      t.after(closeAll);
      const sluice = client(server, { transports: [transport] });
      const channel = sluice.channel(fresh());
      const seen = new Seen();
      const { position } = await channel.publish(0);
      for (let n = 1; n <= 30; n++) await channel.publish(n);

      channel.subscribe({ gap: () => seen.add("gap"), message: ({ data }) => seen.add(data) }, { after: position });
      await seen.first((item) => item === 30);

      assert.deepEqual(seen.items, ["gap", ...Array.from({ length: 20 }, (_, n) => n + 11)]);
    });
  }

  test("bytes, text and events arrive as they were published", async (t) => {
    t.after(closeAll);
    const sluice = client(server);
    const channel = sluice.channel(fresh());
    const seen = new Seen();
    channel.subscribe(seen.add, { after: "earliest" });

    await channel.publish(Uint8Array.of(0, 1, 255), { event: "bytes", headers: { Origin: "test" } });
    await channel.publish("grün");
    const bytes = await seen.first(({ event }) => event === "bytes");
    const text = await seen.first(({ event }) => event === "message");

    assert.deepEqual(bytes.data, Uint8Array.of(0, 1, 255));
    assert.equal(bytes.headers.origin, "test");
    assert.equal(text.data, "grün");
  });

  test("signals reach those who push-listen, over WebSocket and SSE", async (t) => {
    t.after(closeAll);
    const name = fresh();
    const seen = new Seen();
    for (const transport of ["websocket", "sse"]) {
      const listener = client(server, { transports: [transport], user: transport });
      listener.channel(name).subscribe({ signal: ({ event, from, data }) => seen.add(`${transport} ${event} ${from} ${data.x}`) });
      await live(listener);
    }

    await client(server, { user: "carol" }).channel(name).signal("move", { x: 3 });
    await seen.first((item) => item === "websocket move carol 3");
    await seen.first((item) => item === "sse move carol 3");

    assert.equal(seen.items.length, 2);
  });

  test("presence tells who is here, who comes and who goes", async (t) => {
    t.after(closeAll);
    const name = fresh();
    const seen = new Seen();
    const alice = client(server, { user: "alice" });
    alice.channel(name).subscribe({ presence: ({ event, user }) => seen.add(`${event} ${user}`) });
    await live(alice);

    const bob = client(server, { user: "bob", transports: ["sse"] });
    bob.channel(name).subscribe(() => {});
    await seen.first((item) => item === "join bob");
    const { users, count } = await alice.channel(name).presence();
    bob.close();
    await seen.first((item) => item === "leave bob");

    assert.deepEqual(users.map(({ id }) => id).sort(), ["alice", "bob"]);
    assert.equal(count, 2);
  });

  test("direct messages arrive in the user's own channel", async (t) => {
    t.after(closeAll);
    const user = `bob-${process.pid}`;
    const seen = new Seen();
    const bob = client(server, { user });
    bob.channel(`user:${user}`).subscribe(seen.add);
    await live(bob);

    await client(server, { user: "alice" }).direct(user, { text: "hi" });
    const { from, data } = await seen.first(() => true);

    assert.equal(from, "alice");
    assert.deepEqual(data, { text: "hi" });
  });

  test("a read marker moves forward, and tells how much is unread", async (t) => {
    t.after(closeAll);
    const channel = client(server, { user: "alice" }).channel(fresh());
    const receipts = [];
    for (let n = 1; n <= 3; n++) receipts.push(await channel.publish(n));

    const before = await channel.readMarker();
    const moved = await channel.markRead(receipts[1].position);
    const back = await channel.markRead(receipts[0].position);

    assert.equal(before.unread, 3);
    assert.deepEqual(moved, { position: receipts[1].position, unread: 1 });
    assert.deepEqual(back, moved);
  });

  test("history reads both ways, and live goes on after its position", async (t) => {
    t.after(closeAll);
    const channel = client(server).channel(fresh());
    for (let n = 1; n <= 6; n++) await channel.publish(n);

    const newest = await channel.history({ limit: 2 });
    const older = await channel.history({ before: newest.messages[0].position, limit: 2 });
    const seen = new Seen();
    channel.subscribe(({ data }) => seen.add(data), { after: newest.position });
    await channel.publish(7);
    await seen.first((n) => n === 7);

    assert.deepEqual(newest.messages.map(({ data }) => data), [5, 6]);
    assert.deepEqual(older.messages.map(({ data }) => data), [3, 4]);
    assert.deepEqual(seen.items, [7]);
  });

  test("a publish that is only for the newest is refused when there is a newer one", async (t) => {
    t.after(closeAll);
    const channel = client(server).channel(fresh());
    const first = await channel.publish(1);
    await channel.publish(2, { ifNewest: first.position });

    const late = channel.publish(3, { ifNewest: first.position });

    await assert.rejects(late, { code: "precondition-failed", status: 412 });
  });

  test("without WebSocket the ladder begins at SSE", async (t) => {
    t.after(closeAll);
    const sluice = client(server, { runtime: { WebSocket: undefined } });
    sluice.channel(fresh()).subscribe(() => {});

    const state = await live(sluice);

    assert.equal(state.transport, "sse");
    assert.equal(state.pushes, true);
  });

  test("a handler that throws is reported, and stops nothing", async (t) => {
    t.after(closeAll);
    const reported = [];
    const sluice = client(server, { runtime: { report: (error) => reported.push(error.message) } });
    const channel = sluice.channel(fresh());
    const seen = new Seen();
    channel.subscribe(() => {
      throw new Error("mine");
    });
    channel.subscribe(({ data }) => seen.add(data));
    await live(sluice);

    await channel.publish(1);
    await channel.publish(2);
    await seen.first((n) => n === 2);

    assert.deepEqual(reported, ["mine", "mine"]);
  });

  test("the transport is changed while messages come, and none is lost or repeated", async (t) => {
    t.after(closeAll);
    const sluice = client(server);
    const channel = sluice.channel(fresh());
    const seen = new Seen();
    channel.subscribe(({ data }) => seen.add(data));
    await live(sluice);

    let n = 0;
    for (const transport of [...NAMES, ...NAMES.reverse()]) {
      sluice.useTransports(transport);
      await live(sluice);
      for (let burst = 0; burst < 10; burst++) await channel.publish(++n);
    }
    await seen.first((item) => item === n);

    assert.deepEqual(seen.items, Array.from({ length: n }, (_, index) => index + 1));
  });
});

describe("with a server that is killed", () => {
  test("every transport goes on where it was, and queued publishes arrive once", async (t) => {
    const server = await Server.start();
    t.after(() => server.stop());
    t.after(closeAll);
    const name = fresh();
    const followers = await Promise.all(
      NAMES.map(async (transport) => {
        const sluice = client(server, { transports: [transport] });
        const seen = new Seen();
        sluice.channel(name).subscribe(({ data }) => seen.add(data));
        await live(sluice);
        return seen;
      }),
    );
    const publisher = client(server).channel(name);
    await publisher.publish(1);
    await Promise.all(followers.map((seen) => seen.first((n) => n === 1)));

    await server.kill();
    const queued = [publisher.publish(2), publisher.publish(3)];
    await server.startAgain();
    await Promise.all(queued);
    await Promise.all(followers.map((seen) => seen.first((n) => n === 3)));

    for (const seen of followers) assert.deepEqual(seen.items, [1, 2, 3]);
  });

  test("a server that drains is left and found again", async (t) => {
    const server = await Server.start();
    t.after(() => server.stop());
    t.after(closeAll);
    const sluice = client(server);
    const states = new Seen();
    const seen = new Seen();
    sluice.channel("drained").subscribe(({ data }) => seen.add(data), { after: "earliest" });
    await live(sluice);
    sluice.onState(states.add);

    await server.kill("SIGTERM");
    await server.startAgain();
    await states.first(({ name }) => name === "live");
    await sluice.channel("drained").publish("back");
    await seen.first((item) => item === "back");

    assert.ok(states.items.some(({ name }) => name === "waiting"));
    assert.deepEqual(seen.items, ["back"]);
  });
});

describe("with a server that wants tokens", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  /** @type {Server} */
  let server;
  before(async () => {
    const path = join(process.env.TMPDIR ?? "/tmp", `sluice-js-secret-${process.pid}`);
    await writeFile(path, secret);
    server = await Server.start({ SLUICE_AUTH_MODE: "jwt", SLUICE_AUTH_SECRET_FILE: path, SLUICE_AUTH_EXPIRY_WARNING: "1s" });
  });
  after(() => server.stop());

  /** Signed as the server wants it, valid for some seconds, for channels that begin with `open:`. */
  function token(user, seconds) {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const grants = [{ channels: "open:*", can: ["subscribe", "publish", "signal", "presence", "history"] }];
    const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: user, iat: now, exp: now + seconds, grants })}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  }

  for (const transport of NAMES) {
    test(`over ${transport} the caller is who the token says, and a refused channel is told apart`, async (t) => {
      t.after(closeAll);
      const sluice = client(server, { transports: [transport], token: token("alice", 600) });
      const seen = new Seen();
      const open = sluice.channel(`open:${transport}`);
      open.subscribe(({ from, data }) => seen.add(`${from} ${data}`), { after: "earliest" });
      sluice.channel("closed:x").subscribe({ error: ({ code }) => seen.add(code) });

      await seen.first((item) => item === "forbidden");
      await open.publish("hello");
      await seen.first((item) => item === "alice hello");

      assert.equal(sluice.state.name, "live");
      assert.equal(seen.items.length, 2);
    });
  }

  test("a session outlives its token: a new one is asked for before the old one ends", async (t) => {
    t.after(closeAll);
    const short = token("alice", 2 - 60); // the server allows for clocks that are 60 s off
    let asked = 0;
    const sluice = client(server, { transports: ["websocket"], token: () => (++asked === 1 ? short : token("alice", 600)) });
    const channel = sluice.channel("open:renewed");
    const states = [];
    const seen = new Seen();
    sluice.onState(({ name }) => states.push(name));
    channel.subscribe(({ data }) => seen.add(data));
    await live(sluice);

    const old = client(server, { token: short }).channel("open:other");
    await assert.rejects(async () => {
      for (;;) await old.publish("while it counts");
    }, { status: 401 });
    await channel.publish("still here");
    await seen.first((item) => item === "still here");

    assert.equal(asked, 2);
    assert.deepEqual(states, ["connecting", "live"]);
  });

  test("a token that is not accepted is the end, and the state says why", async (t) => {
    t.after(closeAll);
    const sluice = client(server, { token: token("alice", -600) });
    const states = new Seen();
    sluice.onState(states.add);
    sluice.channel("open:x").subscribe(() => {});

    const { error } = await states.first(({ name }) => name === "failed");

    assert.match(error.code, /token-expired|unauthenticated/);
  });
});
