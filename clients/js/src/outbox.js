/**
 * Publishes that wait: for an answer, for the network, for a server that is away. In order per channel, once each: an answer
 * that got lost is asked for again with the same idempotency key.
 *
 * @typedef {{key: string, channel: string, headers: Record<string, string>, body: string, bytes?: boolean}} Draft
 * @typedef {Draft & {stored: string | null, done: (receipt: import("./types.js").Receipt) => void,
 *   failed: (error: SluiceError) => void}} Waiting
 */
import { Backoff } from "./backoff.js";
import { SluiceError } from "./error.js";

export class Outbox {
  /** By channel; the first of each is on its way. @type {Map<string, Waiting[]>} */
  #queues = new Map();
  /** Wakes the queues that wait. @type {Set<() => void>} */
  #sleepers = new Set();
  #size = 0;
  #closed = false;
  #order = 0;

  /**
   * @param {import("./http-api.js").HttpApi} api
   * @param {import("./runtime.js").Runtime} runtime
   * @param {{maxQueued: number, backoff?: {first?: number, cap?: number}, key: string | null}} settings `key`: what the keys
   *   of waiting publishes begin with in the storage; null keeps them in memory only
   */
  constructor(api, runtime, settings) {
    this.api = api;
    this.runtime = runtime;
    this.settings = settings;
    this.#restore();
  }

  /** How many wait. */
  get size() {
    return this.#size;
  }

  /**
   * @param {Draft} draft
   * @returns {Promise<import("./types.js").Receipt>} when the server has stored it. Rejected when it refuses for good
   */
  publish(draft) {
    if (this.#closed) return Promise.reject(closed());
    if (this.#size >= this.settings.maxQueued) {
      return Promise.reject(new SluiceError("queue-full", `${this.settings.maxQueued} publishes are waiting`));
    }
    return new Promise((done, failed) => this.#add({ ...draft, stored: this.#store(draft), done, failed }));
  }

  /** Tries at once what waits for a better time. */
  wake() {
    for (const sleeper of this.#sleepers) sleeper();
  }

  /** What waits is rejected; what is stored stays stored. */
  close() {
    this.#closed = true;
    this.wake();
    for (const queue of this.#queues.values()) for (const waiting of queue) waiting.failed(closed());
  }

  /** @param {Waiting} waiting */
  #add(waiting) {
    this.#size++;
    const queue = this.#queues.get(waiting.channel);
    if (queue) return queue.push(waiting);
    const begun = [waiting];
    this.#queues.set(waiting.channel, begun);
    return this.#drain(begun, waiting.channel);
  }

  /** @param {Waiting[]} queue @param {string} channel */
  async #drain(queue, channel) {
    const backoff = new Backoff(this.runtime.random, this.settings.backoff);
    for (let first; (first = queue[0]) && !this.#closed; ) {
      try {
        const receipt = await this.#send(first);
        backoff.reset();
        this.#remove(queue, first);
        first.done(receipt);
      } catch (failure) {
        const error = /** @type {SluiceError} */ (failure);
        if (error.passing || error.code === "not-sluice") await this.#sleep(backoff.nextMillis(error.retryAfterMillis));
        else {
          this.#remove(queue, first);
          first.failed(error);
        }
      }
    }
    if (!this.#closed) this.#queues.delete(channel);
  }

  /** @param {Draft} draft */
  #send({ channel, key, headers, body, bytes }) {
    return this.api.json("POST", `/v1/channels/${channel}/messages`, {
      headers: { ...headers, "Idempotency-Key": key },
      body: bytes ? Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)) : body,
    });
  }

  /** @param {Waiting[]} queue @param {Waiting} first */
  #remove(queue, first) {
    queue.shift();
    this.#size--;
    if (first.stored) this.runtime.storage?.removeItem(first.stored);
  }

  /** @param {number} millis */
  #sleep(millis) {
    return new Promise((wake) => {
      const awake = () => {
        this.runtime.clearTimeout(timer);
        this.#sleepers.delete(awake);
        wake(null);
      };
      const timer = this.runtime.setTimeout(awake, millis);
      this.#sleepers.add(awake);
    });
  }

  /** @param {Draft} draft @returns {string | null} */
  #store(draft) {
    const { storage, now } = this.runtime;
    if (!this.settings.key || !storage) return null;
    const order = `${String(now()).padStart(15, "0")}.${String(this.#order++).padStart(6, "0")}`;
    const name = `${this.settings.key}${order}.${draft.key}`;
    try {
      storage.setItem(name, JSON.stringify(draft));
      return name;
    } catch {
      return null; // the storage is full: this one lives as long as the page
    }
  }

  /** What an earlier page left behind. Another page that still lives may send the same: the key makes it one publication. */
  #restore() {
    const { storage } = this.runtime;
    if (!this.settings.key || !storage) return;
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    const nobody = () => {};
    for (const stored of names.filter((name) => name.startsWith(/** @type {string} */ (this.settings.key))).sort()) {
      if (this.#size >= this.settings.maxQueued) return;
      try {
        const draft = /** @type {Draft} */ (JSON.parse(storage.getItem(stored) ?? ""));
        this.#add({ ...draft, stored, done: nobody, failed: nobody });
      } catch {
        storage.removeItem(stored);
      }
    }
  }
}

function closed() {
  return new SluiceError("closed", "the client is closed");
}

/** What makes a publish one publication however often it is sent: 18 random characters. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
