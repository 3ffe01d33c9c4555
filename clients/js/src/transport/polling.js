/**
 * Reads again and again after the cursors: docs/protocol/http.md.
 *
 * @typedef {import("../transports.js").Host} Host
 */
import { SluiceError } from "../error.js";
import { places } from "./places.js";

const LIMIT = 500;

export class PollingLink {
  #abort = new AbortController();
  /** @type {any} */
  #timer = null;

  /** @param {Host} host @param {{waitSeconds: number, pauseMillis: () => number}} rhythm */
  constructor(host, rhythm) {
    this.host = host;
    this.rhythm = rhythm;
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
    let waitSeconds = 0; // the first answer comes at once and proves that this works
    while (!signal.aborted) {
      const { gaps, messages } = await host.api.since(host.cursors, { waitSeconds, limit: LIMIT, signal });
      if (signal.aborted) return;
      host.live();
      for (const gap of gaps) if (!signal.aborted) host.gap(gap);
      for (const message of messages) if (!signal.aborted) host.message(message);
      waitSeconds = this.rhythm.waitSeconds;
      const pause = messages.length >= LIMIT ? 0 : this.rhythm.pauseMillis();
      if (pause > 0) await new Promise((wake) => (this.#timer = host.runtime.setTimeout(() => wake(null), pause)));
    }
  }

  /** @param {unknown} failure */
  #end(failure) {
    if (this.#abort.signal.aborted) return;
    this.stop();
    this.host.broken(failure instanceof SluiceError ? failure : new SluiceError("ended", "the poll broke", { cause: failure }));
  }
}
