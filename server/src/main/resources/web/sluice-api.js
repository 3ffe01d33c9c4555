/**
 * The plain HTTP calls of Sluice that the page makes, as one small class. Knows nothing of the page.
 *
 * @typedef {{channel: string, position: string, time: string, event: string, from?: string, data?: any,
 *   data_base64?: string, content_type?: string}} Publication
 * @typedef {{channel: string, from: string, to: string}} Gap
 * @typedef {{messages: Publication[], position: string, gaps: Gap[]}} Batch
 */

/** A refusal of the server: an RFC 9457 problem document, or what stands in for one. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {{type?: string, title?: string, detail?: string}} problem
   * @param {number | null} retryAfterMillis when the server wants to be asked again, where it said so
   */
  constructor(status, problem, retryAfterMillis) {
    super(problem.detail ?? problem.title ?? `status ${status}`);
    this.status = status;
    this.code = (problem.type ?? "").replace("urn:sluice:problem:", "");
    this.retryAfterMillis = retryAfterMillis;
  }

  /** True when the same request may succeed later. */
  get passing() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** Waits that grow from 0.2 s to 5 s, drawn at random so that clients of a restarted server do not come back as one. */
export class Backoff {
  #failures = 0;

  reset() {
    this.#failures = 0;
  }

  nextMillis() {
    const ceiling = Math.min(5000, 200 * 2 ** this.#failures++);
    return ceiling / 2 + (Math.random() * ceiling) / 2;
  }
}

export class SluiceApi {
  /**
   * @param {string} origin where the edge listens, such as `http://127.0.0.1:8080`
   * @param {string} user who is calling; the server believes it in demo mode only
   */
  constructor(origin, user) {
    this.origin = origin;
    this.user = user;
  }

  /**
   * The address of `path` with the caller's name and `parameters`; a list value becomes one parameter per element.
   *
   * @param {string} path
   * @param {Record<string, string | number | string[]>} [parameters]
   */
  url(path, parameters = {}) {
    const url = new URL(path, this.origin);
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
    }
    url.searchParams.set("user", this.user);
    return url;
  }

  /**
   * The newest publications of a channel and the cursor after them.
   *
   * @param {string} channel
   * @param {number} limit
   * @returns {Promise<{messages: Publication[], position: string}>}
   */
  async newest(channel, limit) {
    const response = await this.#call("GET", this.url(`/v1/channels/${channel}/messages`, { limit }));
    return response.json();
  }

  /**
   * What came after the cursors, over all their channels. With a wait the server answers as soon as there is something.
   *
   * @param {Map<string, string>} cursors one position per channel
   * @param {{waitSeconds: number, limit: number, signal: AbortSignal}} options
   * @returns {Promise<Batch>}
   */
  async since(cursors, { waitSeconds, limit, signal }) {
    const parameters = { ...cursorParameters(cursors), limit, ...(waitSeconds > 0 ? { wait: waitSeconds } : {}) };
    const response = await this.#call("GET", this.url("/v1/messages", parameters), { signal });
    if (response.status === 204) return { messages: [], position: "", gaps: [] };
    const body = await response.json();
    return { messages: body.messages, position: body.position, gaps: body.gaps ?? (body.gap ? [body.gap] : []) };
  }

  /**
   * Publishes once, however often it is called with the same key.
   *
   * @param {string} channel
   * @param {any} data
   * @param {string} key
   * @returns {Promise<{position: string}>}
   */
  async publish(channel, data, key) {
    const response = await this.#call("POST", this.url(`/v1/channels/${channel}/messages`), {
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(data),
    });
    return response.json();
  }

  /**
   * Tells those who are here now; nobody else will ever know.
   *
   * @param {string} channel
   * @param {string} event
   * @param {any} data
   */
  async signal(channel, event, data) {
    await this.#call("POST", this.url(`/v1/channels/${channel}/signals`), {
      headers: { "Content-Type": "application/json", "Sluice-Event": event },
      body: JSON.stringify(data),
    });
  }

  /**
   * @param {string} channel
   * @returns {Promise<{users: {id: string, sessions: number, since: string}[], count: number}>}
   */
  async presence(channel) {
    return (await this.#call("GET", this.url(`/v1/channels/${channel}/presence`))).json();
  }

  /**
   * The caller's read marker in a channel and how much came after it.
   *
   * @param {string} channel
   * @returns {Promise<{position: string | null, unread: number}>}
   */
  async readMarker(channel) {
    return (await this.#call("GET", this.url(`/v1/channels/${channel}/read`))).json();
  }

  /**
   * @param {string} channel
   * @param {string} position
   */
  async moveReadMarker(channel, position) {
    await this.#call("PUT", this.url(`/v1/channels/${channel}/read`), {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ position }),
    });
  }

  /**
   * @param {string} method
   * @param {URL} url
   * @param {RequestInit} [options]
   */
  async #call(method, url, options = {}) {
    const response = await fetch(url, { method, cache: "no-store", ...options });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const retryAfter = Number(response.headers.get("Retry-After"));
    throw new Refusal(response.status, problem, retryAfter > 0 ? retryAfter * 1000 : null);
  }
}

/**
 * How cursors travel in a query string: the channels, and one position per channel in the same order.
 *
 * @param {Map<string, string>} cursors
 */
export function cursorParameters(cursors) {
  return { channel: [...cursors.keys()], after: [...cursors.values()].join(",") };
}
