/**
 * One WebSocket for everything: docs/protocol/websocket.md. The only link that takes channels in and out while it runs.
 *
 * @typedef {import("../transports.js").Host} Host
 */
import { SluiceError } from "../error.js";
import { decoded } from "../http-api.js";

const PING_EVERY_MILLIS = 20_000;
const ANSWER_WITHIN_MILLIS = 10_000;
const DOUBT_MILLIS = 4_000;

/** The close codes after which coming back the same way leads to the same end. */
const FINAL = new Map([
  [4400, "bad-request"],
  [4401, "unauthenticated"],
  [4403, "forbidden"],
  [4409, "replaced"],
  [4413, "too-large"],
]);

class WebSocketLink {
  /** Replies that are waited for, by the command's id. @type {Map<number, (reply: any) => void>} */
  #replies = new Map();
  /** Channels that were asked for; true once the server has said from where it delivers. @type {Map<string, boolean>} */
  #channels = new Map();
  #lastId = 0;
  #stopped = false;
  #opened = false;
  #ready = false;
  /** @type {any} */
  #timer = null;

  /** @param {Host} host @param {typeof globalThis.WebSocket} Socket */
  constructor(host, Socket) {
    this.host = host;
    const url = host.api.url("/v1/ws");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new Socket(url.href, "sluice.v1.json");
    this.socket = socket;
    socket.onopen = () => this.#begin();
    socket.onmessage = (frame) => this.#take(frame.data);
    socket.onerror = () => this.#failed();
    socket.onclose = (close) => this.#closed(close.code, close.reason);
  }

  stop() {
    this.#stopped = true;
    this.host.runtime.clearTimeout(this.#timer);
    this.socket.close(1000);
  }

  change() {
    if (!this.#ready) return;
    const { cursors } = this.host;
    for (const channel of [...this.#channels.keys()]) {
      if (cursors.has(channel)) continue;
      this.#channels.delete(channel);
      this.#command({ type: "unsubscribe", channel }, () => {});
    }
    const asked = [...cursors].filter(([channel]) => !this.#channels.has(channel));
    if (asked.length === 0) return;
    asked.forEach(([channel]) => this.#channels.set(channel, false));
    const channels = asked.map(([channel, after]) => ({ channel, after }));
    this.#command({ type: "subscribe", channels }, (reply) => this.#subscribed(reply));
  }

  doubt() {
    if (this.#ready) this.#ping(DOUBT_MILLIS);
  }

  async #begin() {
    this.#opened = true;
    try {
      const token = await this.host.api.token();
      if (this.#stopped) return;
      if (token) await this.#authenticate(token);
    } catch (failure) {
      return this.#end(/** @type {SluiceError} */ (failure));
    }
    if (this.#stopped) return;
    this.#ready = true;
    this.change();
    this.#pingLater();
  }

  /** @param {string} token @returns {Promise<void>} */
  #authenticate(token) {
    return new Promise((known, refused) =>
      this.#command({ type: "auth", token }, (reply) => (reply.type === "error" ? refused(refusal(reply)) : known())),
    );
  }

  /** @param {any} reply */
  #subscribed(reply) {
    if (reply.type === "error") return this.#end(refusal(reply));
    for (const { channel, position, error } of reply.channels) {
      if (!this.#channels.has(channel)) continue;
      if (error) {
        const why = refusal(error);
        if (why.passing || why.unauthenticated) return this.#end(why);
        this.#channels.delete(channel);
        this.host.refused(channel, why);
        continue;
      }
      this.#channels.set(channel, true);
      const after = this.host.cursors.get(channel);
      // A real position stays until the gap that may follow has been told.
      if (after === "latest" || after === "earliest") this.host.cursors.set(channel, position);
    }
    if (this.host.cursors.size > 0) this.host.live();
  }

  /** @param {string} text */
  #take(text) {
    if (this.#stopped) return;
    const message = parsed(text);
    if (!message) return this.#end(new SluiceError("not-sluice", "the message is no JSON"));
    if (this.#ready) this.#pingLater();
    const reply = this.#replies.get(message.id);
    if (reply) {
      this.#replies.delete(message.id);
      return reply(message);
    }
    const { host } = this;
    const { type, ...push } = message;
    if (type === "drain") return host.drain(push.reconnect_after_ms);
    if (type === "expiring") return this.#renew();
    // Until the reply to its subscribe, what comes for a channel is left from an earlier subscription to it.
    if (!this.#channels.get(push.channel)) return;
    if (type === "message") host.message(decoded(push));
    else if (type === "gap") host.gap(push);
    else if (type === "signal") host.signal(push);
    else if (type === "presence") host.presence(push);
  }

  async #renew() {
    if (!this.host.api.renewable) return;
    this.host.api.forgetToken();
    try {
      const token = await this.host.api.token();
      if (token && !this.#stopped) await this.#authenticate(token);
    } catch {
      // The session ends with 4401 when the old token does, and then a token is asked for again.
    }
  }

  /** Any message starts the time anew. */
  #pingLater() {
    const { runtime } = this.host;
    runtime.clearTimeout(this.#timer);
    this.#timer = runtime.setTimeout(() => this.#ping(ANSWER_WITHIN_MILLIS), PING_EVERY_MILLIS);
  }

  /** @param {number} millis how long the answer may take */
  #ping(millis) {
    const { runtime } = this.host;
    this.#command({ type: "ping" }, () => {});
    runtime.clearTimeout(this.#timer);
    this.#timer = runtime.setTimeout(() => this.#end(new SluiceError("timeout", "the server is silent")), millis);
  }

  /** @param {object} command @param {(reply: any) => void} reply */
  #command(command, reply) {
    const id = ++this.#lastId;
    this.#replies.set(id, reply);
    this.socket.send(JSON.stringify({ id, ...command }));
  }

  /** Before it is open, in Node 20 and 22 nothing follows an error. Afterwards `close` does, and says why it ended. */
  #failed() {
    if (!this.#opened) this.#end(new SluiceError("ended", "the connection was not opened"));
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    const final = FINAL.get(code);
    this.#end(new SluiceError(final ?? "ended", `the connection ended: ${code} ${reason}`.trim()));
  }

  /** @param {SluiceError} error */
  #end(error) {
    if (this.#stopped) return;
    this.stop();
    this.host.broken(error);
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {{code: string, message?: string, retry_after_ms?: number}} error */
function refusal({ code, message, retry_after_ms: retryAfterMillis }) {
  return new SluiceError(code, message ?? code, { retryAfterMillis });
}

/** @type {import("../transports.js").Transport} */
export const websocket = {
  name: "websocket",
  label: "WebSocket",
  pushes: true,
  isAvailable: ({ WebSocket }) => typeof WebSocket === "function",
  open: (host) => new WebSocketLink(host, /** @type {typeof globalThis.WebSocket} */ (host.runtime.WebSocket)),
};
