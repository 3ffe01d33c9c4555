/** A proxy that does what networks do: cuts connections in the middle, refuses them, and does not understand WebSocket. */
import { connect, createServer } from "node:net";

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class FaultProxy {
  #server = createServer((socket) => this.#accept(socket));
  /** @type {Set<{left: number, cut: () => void}>} */
  #connections = new Set();
  /** How often a connection was cut or refused. */
  faults = 0;

  /** @param {number} target a port of this machine @param {() => number} random */
  constructor(target, random) {
    this.target = target;
    this.random = random;
    /** How likely a new connection is a bad one. */
    this.badness = 0;
  }

  async listen() {
    await new Promise((ready) => this.#server.listen(0, "127.0.0.1", () => ready(null)));
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`;
  }

  /** Every connection ends: some now, some after a few more bytes from the server. */
  breakAll() {
    for (const connection of this.#connections) {
      if (this.random() < 0.5) connection.cut();
      else connection.left = Math.floor(this.random() * 400);
    }
  }

  close() {
    for (const connection of this.#connections) connection.cut();
    this.#server.close();
  }

  /** @param {import("node:net").Socket} client */
  #accept(client) {
    const server = connect(this.target, "127.0.0.1");
    const connection = { left: this.#bad() ? Math.floor(this.random() * 1500) : Infinity, cut: () => this.#cut(client, server, connection) };
    const refusesUpgrades = this.#bad();
    this.#connections.add(connection);
    client.on("data", (bytes) => {
      if (refusesUpgrades && /upgrade: websocket/i.test(bytes.toString("latin1"))) {
        this.faults++;
        client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        server.destroy();
      } else server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (bytes.length < connection.left) {
        connection.left -= bytes.length;
        client.write(bytes);
      } else client.write(bytes.subarray(0, connection.left), connection.cut);
    });
    for (const [one, other] of [[client, server], [server, client]]) {
      one.on("error", () => {});
      one.on("close", () => {
        other.destroy();
        this.#connections.delete(connection);
      });
    }
  }

  #bad() {
    return this.random() < this.badness;
  }

  /** @param {import("node:net").Socket} client @param {import("node:net").Socket} server @param {any} connection */
  #cut(client, server, connection) {
    if (!this.#connections.delete(connection)) return;
    this.faults++;
    client.resetAndDestroy();
    server.destroy();
  }
}
