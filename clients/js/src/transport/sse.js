/**
 * Server-sent events: docs/protocol/sse.md. Through `fetch` rather than `EventSource`, which Node does not have, which can
 * send no token, and which gives up for good on the 503 of a server that drains.
 *
 * @typedef {import("../transports.js").Host} Host
 */
import { SluiceError } from "../error.js";
import { cursorParams, decoded } from "../http-api.js";
import { EventStream } from "./event-stream.js";
import { places } from "./places.js";

/** The server comments every 15 s. */
const SILENCE_MILLIS = 40_000;

class EventStreamLink {
  #abort = new AbortController();
  #begun = false;
  /** @type {any} */
  #timer = null;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.#run().catch((failure) => this.#end(failure));
  }

  stop() {
    this.#abort.abort();
    this.host.runtime.clearTimeout(this.#timer);
  }

  async #run() {
    const { host } = this;
    const { signal } = this.#abort;
    await places(host, signal);
    const headers = { Accept: "text/event-stream" };
    const response = await host.api.stream("/v1/events", { params: cursorParams(host.cursors), headers, signal });
    if (!response.body || !/^text\/event-stream/.test(response.headers.get("content-type") ?? "")) {
      throw new SluiceError("not-sluice", "the answer is no event stream", { status: response.status });
    }
    const events = new EventStream();
    const reader = response.body.getReader();
    for (;;) {
      this.#listen();
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) throw new SluiceError("ended", "the stream ended");
      for (const block of events.push(value)) {
        this.#take(block);
        if (signal.aborted) return;
      }
    }
  }

  /** @param {import("./event-stream.js").Block} block */
  #take({ event, data, retry }) {
    const { host } = this;
    if (!this.#begun) {
      this.#begun = true; // the first block says when to come back, and arrives at once unless something between holds it
      host.live();
    } else if (retry !== undefined) host.drain(retry);
    if (data === "") return;
    const value = JSON.parse(data);
    if (value.position) host.message(decoded(value)); // whatever its event: also one named like those below
    else if (event === "gap") host.gap(value);
    else if (event === "signal") host.signal(value);
    else if (event === "presence") host.presence(value);
  }

  #listen() {
    const { runtime } = this.host;
    runtime.clearTimeout(this.#timer);
    const silent = () => this.#end(new SluiceError("timeout", "the stream is silent"));
    this.#timer = runtime.setTimeout(silent, SILENCE_MILLIS);
  }

  /** @param {unknown} failure */
  #end(failure) {
    if (this.#abort.signal.aborted) return;
    this.stop();
    this.host.broken(failure instanceof SluiceError ? failure : new SluiceError("ended", "the stream broke", { cause: failure }));
  }
}

/** @type {import("../transports.js").Transport} */
export const sse = {
  name: "sse",
  label: "SSE",
  pushes: true,
  isAvailable: () => typeof ReadableStream === "function",
  open: (host) => new EventStreamLink(host),
};
