/**
 * @typedef {import("./types.js").Handlers} Handlers
 * @typedef {import("./types.js").Publication} Publication
 * @typedef {import("./types.js").Gap} Gap
 */
import { idempotencyKey } from "./outbox.js";

/** What can be done with one channel. Had from `client.channel(name)`. */
export class Channel {
  /** @param {import("./client.js").Client} client @param {string} name */
  constructor(client, name) {
    this.client = client;
    this.name = name;
    this.path = `/v1/channels/${name}`;
  }

  /**
   * Follows the channel: what comes after `after`, in order, nothing twice, nothing skipped without a gap.
   *
   * @param {Handlers | ((publication: Publication) => void)} handlers
   * @param {{after?: string}} [from] a position, `earliest`, or `latest`, which is what it is otherwise. A channel has one
   *   place where it stands, so only the first of several subscriptions may say it; the others join there
   */
  subscribe(handlers, { after } = {}) {
    return this.client.subscribe(this, typeof handlers === "function" ? { message: handlers } : handlers, after);
  }

  /**
   * Publishes once, however often it has to be sent: it waits while there is no network or no server.
   *
   * @param {any} data a JSON value or text, or bytes
   * @param {{event?: string, key?: string, headers?: Record<string, string>, ifNewest?: string}} [options] `key`: the
   *   idempotency key, made at random otherwise; `ifNewest`: only if that is still the newest position, else it is refused with
   *   `precondition-failed`
   * @returns {Promise<import("./types.js").Receipt>} when it is stored; rejected with a `SluiceError` when refused for good
   */
  publish(data, { event, key = idempotencyKey(), headers = {}, ifNewest } = {}) {
    const bytes = data instanceof Uint8Array;
    return this.client.outbox.publish({
      key,
      channel: this.name,
      headers: {
        "Content-Type": bytes ? "application/octet-stream" : "application/json",
        ...(event === undefined ? {} : { "Sluice-Event": event }),
        ...(ifNewest === undefined ? {} : { "If-Match": `"${ifNewest}"` }),
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [`Sluice-Header-${name}`, value])),
      },
      body: bytes ? base64(data) : JSON.stringify(data),
      ...(bytes ? { bytes } : {}),
    });
  }

  /**
   * Tells those who are subscribed now. It is never stored, never repeated, and does not wait for a network.
   *
   * @param {string} event such as `typing`
   * @param {any} [data]
   * @returns {Promise<void>}
   */
  async signal(event, data = null) {
    await this.client.api.json("POST", `${this.path}/signals`, {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ event, data }),
    });
  }

  /**
   * Who is here.
   *
   * @returns {Promise<{users: {id: string, sessions: number, since: string}[], count: number}>}
   */
  presence() {
    return this.client.api.json("GET", `${this.path}/presence`);
  }

  /**
   * What was published, oldest first; the newest 100 unless said otherwise. To go on from there live, subscribe after its
   * `position`.
   *
   * @param {{after?: string, before?: string, limit?: number}} [range] `limit` is at most 1,000
   * @returns {Promise<{messages: Publication[], position: string, gaps: Gap[]}>}
   */
  history(range = {}) {
    return this.client.api.read(this.name, range);
  }

  /**
   * How far the caller has read, and how many messages came after that.
   *
   * @returns {Promise<{position?: string, unread: number}>}
   */
  readMarker() {
    return this.client.api.json("GET", `${this.path}/read`);
  }

  /**
   * Moves the marker, forward only. The caller's other pages get the signal `read`.
   *
   * @param {string} position
   * @returns {Promise<{position?: string, unread: number}>}
   */
  markRead(position) {
    const headers = { "Content-Type": "application/json" };
    return this.client.api.json("PUT", `${this.path}/read`, { headers, body: JSON.stringify({ position }) });
  }
}

/** One interest in one channel. */
export class Subscription {
  /** @param {Channel} channel @param {Handlers} handlers */
  constructor(channel, handlers) {
    this.channel = channel;
    this.handlers = handlers;
  }

  /** Where the channel stands here: what a later page may go on after. Undefined until that is known. */
  get position() {
    const cursor = this.channel.client.cursorOf(this.channel.name);
    return cursor === "latest" || cursor === "earliest" ? undefined : cursor;
  }

  unsubscribe() {
    this.channel.client.unsubscribe(this);
  }
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
