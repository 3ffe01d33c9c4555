/**
 * The plain HTTP calls of Sluice. Knows nothing of subscriptions.
 *
 * @typedef {import("./types.js").Publication} Publication
 * @typedef {import("./types.js").Gap} Gap
 * @typedef {{messages: Publication[], position: string, gaps: Gap[]}} Batch
 * @typedef {{params?: Record<string, string | number | string[] | undefined>, headers?: Record<string, string>,
 *   body?: BodyInit, signal?: AbortSignal, timeoutMillis?: number}} Call
 */
import { SluiceError } from "./error.js";

const ANSWER_WITHIN_MILLIS = 15_000;

export class HttpApi {
  /** @type {Promise<string> | null} */
  #token = null;

  /**
   * @param {URL} origin
   * @param {import("./runtime.js").Runtime} runtime
   * @param {import("./types.js").Options} options
   */
  constructor(origin, runtime, { token, user, credentials }) {
    this.origin = origin;
    this.runtime = runtime;
    this.credentials = credentials;
    this.user = user;
    this.source = token;
  }

  /** True when another token can be asked for. */
  get renewable() {
    return typeof this.source === "function";
  }

  /**
   * The caller's token; null where there is none.
   *
   * @returns {Promise<string | null>}
   */
  async token() {
    const { source } = this;
    if (typeof source !== "function") return source ?? null;
    const asked = (this.#token ??= Promise.resolve().then(source));
    try {
      return await asked;
    } catch (cause) {
      this.forgetToken(asked);
      throw new SluiceError("token-unavailable", "no token could be had", { cause });
    }
  }

  /** The next call asks for a new token. @param {Promise<string> | null} [asked] only if it is still this one */
  forgetToken(asked = this.#token) {
    if (this.#token === asked) this.#token = null;
  }

  /**
   * The address of `path` with `params`; a list becomes one parameter per element.
   *
   * @param {string} path
   * @param {Call["params"]} [params]
   */
  url(path, params = {}) {
    const url = new URL(path, this.origin);
    for (const [name, value] of Object.entries({ ...params, user: this.user })) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) url.searchParams.append(name, String(one));
      }
    }
    return url;
  }

  /**
   * The newest publications of a channel, or those after or before a position; oldest first.
   *
   * @param {string} channel
   * @param {{after?: string, before?: string, limit?: number}} range
   * @param {AbortSignal} [signal]
   * @returns {Promise<Batch>}
   */
  async read(channel, range, signal) {
    return batch(await this.json("GET", `/v1/channels/${channel}/messages`, { params: range, signal }));
  }

  /**
   * What came after the cursors, over all their channels. With a wait the server answers as soon as there is something.
   *
   * @param {Map<string, string>} cursors one position per channel
   * @param {{waitSeconds: number, limit: number, signal: AbortSignal}} options
   * @returns {Promise<Batch>}
   */
  async since(cursors, { waitSeconds, limit, signal }) {
    const params = { ...cursorParams(cursors), limit, wait: waitSeconds || undefined };
    const timeoutMillis = waitSeconds * 1000 + ANSWER_WITHIN_MILLIS;
    return batch(await this.json("GET", "/v1/messages", { params, signal, timeoutMillis }));
  }

  /**
   * Calls and gives the answer's JSON; null where there is none.
   *
   * @param {string} method
   * @param {string} path
   * @param {Call} [call]
   * @returns {Promise<any>}
   */
  async json(method, path, call = {}) {
    return this.#within(call.timeoutMillis ?? ANSWER_WITHIN_MILLIS, call.signal, async (signal) => {
      const response = await this.#send(method, path, call, signal);
      if (response.status === 204 || response.status === 202) return null;
      const body = await response.json().catch(() => undefined);
      if (body === undefined) throw new SluiceError("not-sluice", "the answer is no JSON", { status: response.status });
      return body;
    });
  }

  /**
   * Calls and gives the response as soon as its head is there; `call.signal` ends the body too.
   *
   * @param {string} path
   * @param {Call & {signal: AbortSignal}} call
   */
  async stream(path, call) {
    return this.#send("GET", path, call, call.signal);
  }

  /** @param {string} method @param {string} path @param {Call} call @param {AbortSignal} signal */
  async #send(method, path, call, signal) {
    for (let renewed = false; ; renewed = true) {
      const token = await this.token();
      const asked = this.#token;
      const headers = { ...call.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      const { body } = call;
      const { credentials } = this;
      const request = { method, headers, body, signal, cache: /** @type {const} */ ("no-store"), ...(credentials && { credentials }) };
      const response = await this.runtime.fetch(this.url(path, call.params), request).catch((cause) => {
        throw new SluiceError("unreachable", "the server cannot be reached", { cause });
      });
      if (response.ok) return response;
      const error = SluiceError.of(response, await response.json().catch(() => null));
      if (!error.unauthenticated || !this.renewable || renewed) throw error;
      this.forgetToken(asked);
    }
  }

  /**
   * @template T
   * @param {number} millis
   * @param {AbortSignal | undefined} outer
   * @param {(signal: AbortSignal) => Promise<T>} work
   */
  async #within(millis, outer, work) {
    const inner = new AbortController();
    const stop = () => inner.abort();
    let late = false;
    const timer = this.runtime.setTimeout(() => {
      late = true;
      stop();
    }, millis);
    outer?.addEventListener("abort", stop);
    if (outer?.aborted) stop();
    try {
      return await work(inner.signal);
    } catch (failure) {
      throw late ? new SluiceError("timeout", `no answer within ${millis} ms`) : failure;
    } finally {
      this.runtime.clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    }
  }
}

/**
 * How cursors travel in a query string: the channels, and one position per channel.
 *
 * @param {Map<string, string>} cursors
 */
export function cursorParams(cursors) {
  return { channel: [...cursors.keys()], after: [...cursors.values()].join(",") };
}

/** @param {any} publication with bytes as they were published */
export function decoded(publication) {
  const { data_base64: encoded, ...rest } = publication;
  if (encoded === undefined) return publication;
  return { ...rest, data: Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)) };
}

/** @param {any} answer @returns {Batch} */
function batch(answer) {
  if (answer === null) return { messages: [], position: "", gaps: [] };
  if (!Array.isArray(answer.messages)) throw new SluiceError("not-sluice", "the answer holds no messages");
  const gaps = answer.gaps ?? (answer.gap ? [answer.gap] : []);
  return { messages: answer.messages.map(decoded), position: answer.position, gaps };
}
