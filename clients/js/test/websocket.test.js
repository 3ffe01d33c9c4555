/** The ends of a WebSocket that never opened, as the runtime's own tells of them. Time stands still: no timeout can help. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { connect } from "../src/sluice.js";
import { ManualRuntime } from "./testkit/manual-runtime.js";

async function listening(server) {
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(null)));
  return `http://127.0.0.1:${server.address().port}`;
}

/** A client that follows a channel, and its first state that fits. */
function following(url, transports, fits) {
  const runtime = new ManualRuntime({ answer: () => new Promise(() => {}) });
  runtime.WebSocket = globalThis.WebSocket;
  const sluice = connect(url, { transports, runtime });
  const state = new Promise((known) => sluice.onState((now) => fits(now) && known(now)));
  sluice.channel("news").subscribe(() => {});
  return { sluice, state };
}

test("where nobody listens the wait begins at once", async (t) => {
  const server = createServer();
  const url = await listening(server);
  await new Promise((closed) => server.close(closed));

  const { sluice, state } = following(url, ["websocket"], ({ name }) => name === "waiting");
  t.after(() => sluice.close());

  const { error } = await state;
  assert.equal(error.code, "ended");
});

test("where the upgrade is refused the next transport is tried at once", async (t) => {
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
  const url = await listening(server);
  t.after(() => server.close());

  const { sluice, state } = following(url, ["websocket", "sse"], ({ transport }) => transport === "sse");
  t.after(() => sluice.close());

  assert.equal((await state).name, "connecting");
});
