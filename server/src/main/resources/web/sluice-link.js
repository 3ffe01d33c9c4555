/**
 * A link brings everything that happens in a set of channels to the page, over one transport. All links look alike:
 * `start(cursors, handlers)` begins after the cursors, `stop()` ends it and no handler runs afterwards.
 *
 * A link keeps no cursor, no queue and no memory of what it delivered. The page moves its cursors as it takes publications;
 * whenever a link connects again, or another link takes over, it asks for what comes after them. That alone is why no line
 * is lost or repeated.
 *
 * @typedef {import("./sluice-api.js").Publication} Publication
 * @typedef {import("./sluice-api.js").Gap} Gap
 * @typedef {{state: "connecting" | "live" | "waiting" | "refused", detail?: string}} LinkState
 * @typedef {{
 *   onPublication: (publication: Publication) => void,
 *   onGap: (gap: Gap) => void,
 *   onSignal: (signal: {channel: string, event: string, from?: string, data: any}) => void,
 *   onPresence: (change: {channel: string, event: "join" | "leave", user: string}) => void,
 *   onState: (state: LinkState) => void,
 * }} Handlers
 * @typedef {{start: (cursors: Map<string, string>, handlers: Handlers) => void, stop: () => void}} Link
 */
import { Backoff, Refusal, SluiceApi, cursorParameters } from "./sluice-api.js";

/** One WebSocket for everything; the only link that also tells the server it is still alive. */
class WebSocketLink {
  static #PING_MILLIS = 20_000;
  static #FINAL_CODES = new Set([4400, 4401, 4403, 4409]);

  #backoff = new Backoff();
  #stopped = false;
  /** @type {WebSocket | null} */
  #socket = null;
  #retryTimer = 0;
  #pingTimer = 0;
  #reconnectMillis = 0;

  /** @param {SluiceApi} api */
  constructor(api) {
    this.api = api;
  }

  /** @param {Map<string, string>} cursors @param {Handlers} handlers */
  start(cursors, handlers) {
    handlers.onState({ state: "connecting" });
    const url = this.api.url("/v1/ws");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, "sluice.v1.json");
    this.#socket = socket;
    let awaitsPong = false;
    socket.onopen = () => {
      const channels = [...cursors].map(([channel, after]) => ({ channel, after }));
      socket.send(JSON.stringify({ id: 1, type: "subscribe", channels }));
      this.#pingTimer = setInterval(() => {
        if (awaitsPong) return socket.close();
        awaitsPong = true;
        socket.send(JSON.stringify({ id: 2, type: "ping" }));
      }, WebSocketLink.#PING_MILLIS);
    };
    socket.onmessage = (frame) => {
      if (this.#stopped) return;
      const message = JSON.parse(frame.data);
      if (message.type === "pong") awaitsPong = false;
      else this.#take(message, handlers);
    };
    socket.onclose = (close) => {
      clearInterval(this.#pingTimer);
      if (this.#stopped) return;
      if (WebSocketLink.#FINAL_CODES.has(close.code)) {
        handlers.onState({ state: "refused", detail: `${close.code} ${close.reason}` });
        return;
      }
      handlers.onState({ state: "waiting", detail: close.reason });
      const wait = this.#reconnectMillis || this.#backoff.nextMillis();
      this.#reconnectMillis = 0;
      this.#retryTimer = setTimeout(() => this.start(cursors, handlers), wait);
    };
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#pingTimer);
    this.#socket?.close(1000);
  }

  /** @param {any} message @param {Handlers} handlers */
  #take(message, handlers) {
    switch (message.type) {
      case "message":
        return handlers.onPublication(message);
      case "gap":
        return handlers.onGap(message);
      case "signal":
        return handlers.onSignal(message);
      case "presence":
        return handlers.onPresence(message);
      case "drain":
        this.#reconnectMillis = message.reconnect_after_ms;
        return;
      case "error":
        return this.#refuse(message.message ?? message.code, handlers);
      case "ok": {
        const refused = message.channels?.find((/** @type {any} */ one) => one.error);
        if (refused) return this.#refuse(`${refused.channel}: ${refused.error.message ?? refused.error}`, handlers);
        this.#backoff.reset();
        return handlers.onState({ state: "live" });
      }
    }
  }

  /** @param {string} detail @param {Handlers} handlers */
  #refuse(detail, handlers) {
    this.stop();
    handlers.onState({ state: "refused", detail });
  }
}

/** Server-Sent Events. A broken stream is opened anew after the page's cursors, as every other link does. */
class EventStreamLink {
  #backoff = new Backoff();
  #stopped = false;
  /** @type {EventSource | null} */
  #source = null;
  #retryTimer = 0;

  /** @param {SluiceApi} api */
  constructor(api) {
    this.api = api;
  }

  /** @param {Map<string, string>} cursors @param {Handlers} handlers */
  start(cursors, handlers) {
    handlers.onState({ state: "connecting" });
    const source = new EventSource(this.api.url("/v1/events", cursorParameters(cursors)));
    this.#source = source;
    const listen = (/** @type {string} */ event, /** @type {(value: any) => void} */ handler) =>
      source.addEventListener(event, (message) => {
        if (!this.#stopped) handler(JSON.parse(message.data));
      });
    listen("message", handlers.onPublication);
    listen("gap", handlers.onGap);
    listen("signal", handlers.onSignal);
    listen("presence", handlers.onPresence);
    source.onopen = (event) => {
      if (this.#stopped || event instanceof MessageEvent) return;
      this.#backoff.reset();
      handlers.onState({ state: "live" });
    };
    source.onerror = (event) => {
      if (this.#stopped || event instanceof MessageEvent) return; // a publication may be named "error"
      handlers.onState({ state: "waiting" });
      source.close(); // the browser would retry by itself, but gives up for good on a 503 of a server that drains
      this.#retryTimer = setTimeout(() => this.start(cursors, handlers), this.#backoff.nextMillis());
    };
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    this.#source?.close();
  }
}

/** Reads again and again: at once with a wait on the server (long poll), or after a pause of its own (short poll). */
class PollLink {
  static #LIMIT = 500;

  #backoff = new Backoff();
  #abort = new AbortController();

  /** @param {SluiceApi} api @param {{waitSeconds: number, pauseMillis: number}} rhythm */
  constructor(api, { waitSeconds, pauseMillis }) {
    this.api = api;
    this.waitSeconds = waitSeconds;
    this.pauseMillis = pauseMillis;
  }

  /** @param {Map<string, string>} cursors @param {Handlers} handlers */
  start(cursors, handlers) {
    handlers.onState({ state: "connecting" });
    this.#run(cursors, handlers);
  }

  stop() {
    this.#abort.abort();
  }

  /** @param {Map<string, string>} cursors @param {Handlers} handlers */
  async #run(cursors, handlers) {
    const { signal } = this.#abort;
    let waitSeconds = 0; // the first answer comes at once and shows that the link works
    while (!signal.aborted) {
      let pause = this.pauseMillis;
      try {
        const batch = await this.api.since(cursors, { waitSeconds, limit: PollLink.#LIMIT, signal });
        if (signal.aborted) return;
        batch.gaps.forEach(handlers.onGap);
        batch.messages.forEach(handlers.onPublication);
        handlers.onState({ state: "live" });
        this.#backoff.reset();
        waitSeconds = this.waitSeconds;
        if (batch.messages.length >= PollLink.#LIMIT) pause = 0;
      } catch (failure) {
        if (signal.aborted) return;
        if (failure instanceof Refusal && !failure.passing) {
          handlers.onState({ state: "refused", detail: failure.message });
          return;
        }
        handlers.onState({ state: "waiting", detail: failure instanceof Refusal ? failure.message : undefined });
        waitSeconds = 0;
        pause = (failure instanceof Refusal && failure.retryAfterMillis) || this.#backoff.nextMillis();
      }
      await new Promise((wake) => setTimeout(wake, pause));
    }
  }
}

/**
 * Every transport the page can use. `pushes` is false where signals and presence do not come by themselves.
 *
 * @type {Record<string, {label: string, pushes: boolean, open: (api: SluiceApi) => Link}>}
 */
export const TRANSPORTS = {
  websocket: { label: "WebSocket", pushes: true, open: (api) => new WebSocketLink(api) },
  sse: { label: "SSE", pushes: true, open: (api) => new EventStreamLink(api) },
  longpoll: { label: "Long poll", pushes: false, open: (api) => new PollLink(api, { waitSeconds: 25, pauseMillis: 0 }) },
  poll: { label: "Short poll", pushes: false, open: (api) => new PollLink(api, { waitSeconds: 0, pauseMillis: 1000 }) },
};
