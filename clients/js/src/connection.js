/**
 * Keeps a set of channels arriving: opens transports one after the other, comes back after failures, climbs to better ones.
 *
 * The cursors are the only memory of what was received. One link is open at a time; whichever opens next begins after them.
 *
 * @typedef {import("./transports.js").Host} Host
 * @typedef {import("./transports.js").Link} Link
 * @typedef {import("./transports.js").Transport} Transport
 * @typedef {import("./types.js").State} State
 * @typedef {Pick<Host, "message" | "gap" | "signal" | "presence" | "refused"> & {state: (state: State) => void}} Listener
 * @typedef {{climbMillis: number, pollMillis: number, maxRetries: number,
 *   backoff?: {first?: number, cap?: number}, key: string}} Settings
 */
import { Backoff } from "./backoff.js";
import { SluiceError } from "./error.js";
import { Ladder } from "./ladder.js";
import { mustLead } from "./state.js";

const LIVE_WITHIN_MILLIS = 10_000;
const STEADY_MILLIS = 5_000;
/** Hidden for longer than this, a page finds out whether its link is still there when it is seen again. */
const DOUBTFUL_MILLIS = 30_000;

export class Connection {
  /** @type {Map<string, string>} */
  cursors = new Map();
  /** @type {State} */
  state;

  /** @type {Host | null} */
  #host = null;
  /** @type {Link | null} */
  #link = null;
  /** @type {Link | null} */
  #trial = null;
  #cancelTimer = nothing;
  #cancelClimb = nothing;
  #attempt = 0;
  #liveSince = 0;
  #hiddenSince = 0;
  #changing = false;
  #renewed = false;
  /** The server has said when: nothing shortens that wait. */
  #promised = false;
  /** @type {number | undefined} */
  #comeBackMillis;

  /**
   * @param {import("./http-api.js").HttpApi} api
   * @param {import("./runtime.js").Runtime} runtime
   * @param {Transport[]} transports
   * @param {Settings} settings
   * @param {Listener} listener
   */
  constructor(api, runtime, transports, settings, listener) {
    this.api = api;
    this.runtime = runtime;
    this.settings = settings;
    this.listener = listener;
    this.backoff = new Backoff(runtime.random, settings.backoff);
    this.ladder = new Ladder(transports, runtime, settings);
    this.state = this.#describe("idle");
  }

  /** @param {string} channel @param {string} after a position, `earliest` or `latest` */
  add(channel, after) {
    this.cursors.set(channel, after);
    this.#channelsChanged();
  }

  /** @param {string} channel */
  remove(channel) {
    if (this.cursors.delete(channel)) this.#channelsChanged();
  }

  /** Goes on over these transports, from now on. @param {Transport[]} transports best first */
  use(transports) {
    this.ladder = new Ladder(transports, { ...this.runtime, storage: null }, this.settings);
    if (["connecting", "live", "waiting"].includes(this.state.name)) this.#open();
    else this.state = this.#describe(this.state.name);
  }

  /** Tries at once: ends a wait, and the state `failed`. */
  retry() {
    if (this.state.name !== "waiting" && this.state.name !== "failed") return;
    this.#attempt = 0;
    this.#renewed = false;
    this.#open();
  }

  /** Something happened to the page. @param {"online" | "offline" | "visible" | "hidden"} event */
  changed(event) {
    const { now } = this.runtime;
    const away = event === "visible" ? now() - this.#hiddenSince : 0;
    if (event === "hidden") this.#hiddenSince = now();
    const { name } = this.state;
    if (name === "waiting" && !this.#promised && (event === "online" || event === "visible")) return this.#open();
    if (name !== "live" || event === "hidden" || (event === "visible" && away < DOUBTFUL_MILLIS)) return;
    if (this.#link?.doubt) this.#link.doubt();
    else this.#open();
  }

  close() {
    if (this.state.name === "closed") return;
    this.#leave();
    this.#become("closed");
  }

  /** Channels come and go together: one change for all that is subscribed to in one go. */
  #channelsChanged() {
    if (this.#changing) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      const { name } = this.state;
      if (name === "closed" || name === "failed") return;
      if (this.cursors.size === 0) {
        this.#leave();
        if (name !== "idle") this.#become("idle");
      } else if (name === "idle") this.#open();
      else if (this.#link?.change) this.#link.change();
      else if (this.#link) this.#open();
    });
  }

  #open() {
    this.#leave();
    if (this.cursors.size === 0) return this.#become("idle");
    const transport = this.ladder.current;
    const host = this.#hostOf(() => this.#host === host);
    this.#host = host;
    this.#become("connecting");
    const late = () => host.broken(new SluiceError("timeout", `${transport.label} did not begin in time`));
    this.#cancelTimer = this.#after(LIVE_WITHIN_MILLIS, late);
    const link = opened(transport, host);
    if (this.#host === host) this.#link = link;
    else link.stop();
  }

  /** Ends what is open. */
  #leave() {
    this.#cancelTimer();
    this.#cancelClimb();
    this.#comeBackMillis = undefined;
    this.#host = null;
    this.#link?.stop();
    this.#link = null;
    this.#trial?.stop();
    this.#trial = null;
  }

  /** @param {() => boolean} isCurrent @returns {Host} */
  #hostOf(isCurrent) {
    const { listener, cursors } = this;
    /** @template T @param {(value: T) => void} run @returns {(value: T) => void} */
    const current = (run) => (value) => {
      if (isCurrent()) run(value);
    };
    return {
      api: this.api,
      runtime: this.runtime,
      cursors,
      pollMillis: this.settings.pollMillis,
      live: () => {
        if (isCurrent()) this.#live();
      },
      message: current((publication) => {
        if (!cursors.has(publication.channel)) return;
        cursors.set(publication.channel, publication.position);
        listener.message(publication);
      }),
      gap: current((gap) => {
        if (!cursors.has(gap.channel)) return;
        cursors.set(gap.channel, gap.to);
        listener.gap(gap);
      }),
      signal: current(listener.signal),
      presence: current(listener.presence),
      refused: (channel, error) => {
        if (isCurrent()) this.#refused(channel, error);
      },
      drain: current((millis) => (this.#comeBackMillis = millis)),
      broken: current((error) => this.#broken(error)),
    };
  }

  #live() {
    if (this.state.name === "live") return;
    this.#cancelTimer();
    this.#attempt = 0;
    this.#renewed = false;
    this.#liveSince = this.runtime.now();
    this.ladder.works();
    this.#become("live");
    this.#climbLater();
  }

  /** @param {SluiceError} error */
  #broken(error) {
    const wasLive = this.state.name === "live";
    const comeBackMillis = this.#comeBackMillis;
    this.#leave();
    if (error.unauthenticated) return this.#renew(error);
    if (!error.passing && error.code !== "not-sluice") return void this.#sortOut(error);
    const steady = wasLive && this.runtime.now() - this.#liveSince >= STEADY_MILLIS;
    if (steady) {
      this.ladder.steady();
      this.backoff.reset();
    }
    if (wasLive && comeBackMillis !== undefined) return this.#wait(error, comeBackMillis, true);
    if (steady) return this.#failed(error);
    if (error.retryAfterMillis !== undefined && error.code !== "not-sluice") this.ladder.waits();
    else if (this.ladder.missed()) return this.#open();
    this.#failed(error);
  }

  /** One more attempt, over all transports that were worth it, has failed. @param {SluiceError} error */
  #failed(error) {
    if (!this.runtime.isOffline()) this.#attempt++;
    if (this.#attempt > this.settings.maxRetries) return this.#become("failed", { error });
    const asked = error.retryAfterMillis;
    this.#wait(error, this.backoff.nextMillis(asked), asked !== undefined);
  }

  /** @param {SluiceError} error @param {number} millis @param {boolean} promised */
  #wait(error, millis, promised) {
    this.#promised = promised;
    this.#become("waiting", { error, retryAt: this.runtime.now() + millis });
    this.#cancelTimer = this.#after(millis, () => this.#open());
  }

  /** A token has expired: once, another may help. @param {SluiceError} error */
  #renew(error) {
    if (!this.api.renewable || this.#renewed) return this.#become("failed", { error });
    this.#renewed = true;
    this.api.forgetToken();
    this.#open();
  }

  /** A request over several channels was refused: finds out for which, so that the others go on. @param {SluiceError} error */
  async #sortOut(error) {
    const channels = [...this.cursors];
    this.#become("connecting", { error });
    const state = this.state;
    let sorted = 0;
    for (const [channel, after] of channels) {
      let why = channels.length === 1 ? error : null;
      if (!why) {
        const fault = await this.api.read(channel, { after, limit: 1 }).then(() => null, (failure) => failure);
        if (this.state !== state) return;
        if (fault instanceof SluiceError && fault.passing) return this.#failed(fault);
        why = fault;
      }
      if (!why) continue;
      sorted++;
      this.#refused(channel, why);
    }
    if (sorted === 0) this.#failed(error);
    else this.#open();
  }

  /** @param {string} channel @param {SluiceError} error */
  #refused(channel, error) {
    this.cursors.delete(channel);
    this.listener.refused(channel, error);
    if (this.cursors.size === 0) this.#channelsChanged();
  }

  #climbLater() {
    if (!this.ladder.canClimb) return;
    this.#cancelClimb = this.#after(this.ladder.nextClimbMillis, () => this.#climb());
  }

  /** Tries the transport above with a link that carries nothing; only when it works, it takes over. */
  #climb() {
    const { ladder } = this;
    let over = false;
    const end = (/** @type {boolean} */ worked) => {
      if (over) return;
      over = true;
      this.#cancelClimb();
      this.#trial?.stop();
      this.#trial = null;
      ladder.climbed(worked);
      if (worked) this.#open();
      else this.#climbLater();
    };
    const host = this.#hostOf(() => false);
    host.cursors = new Map(this.cursors);
    host.refused = nothing;
    host.live = () => end(true);
    host.broken = () => end(false);
    this.#cancelClimb = this.#after(LIVE_WITHIN_MILLIS, () => end(false));
    const trial = opened(ladder.above, host);
    if (over) trial.stop();
    else this.#trial = trial;
  }

  /** @param {State["name"]} name @param {Partial<State>} [facts] */
  #become(name, facts) {
    mustLead(this.state.name, name);
    this.state = this.#describe(name, facts);
    this.listener.state(this.state);
  }

  /** @param {State["name"]} name @param {Partial<State>} [facts] @returns {State} */
  #describe(name, facts) {
    const { name: transport, pushes } = this.ladder.current;
    return { name, transport, pushes, offline: this.runtime.isOffline(), attempt: this.#attempt, ...facts };
  }

  /** @param {number} millis @param {() => void} run @returns {() => void} what cancels it */
  #after(millis, run) {
    const timer = this.runtime.setTimeout(run, millis);
    return () => this.runtime.clearTimeout(timer);
  }
}

function nothing() {}

/** A page may be forbidden to open one at all. @param {Transport} transport @param {Host} host @returns {Link} */
function opened(transport, host) {
  try {
    return transport.open(host);
  } catch (cause) {
    queueMicrotask(() => host.broken(new SluiceError("unreachable", `${transport.label} cannot be opened`, { cause })));
    return { stop() {} };
  }
}
