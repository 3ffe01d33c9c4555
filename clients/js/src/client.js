/**
 * @typedef {import("./types.js").Options} Options
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Handlers} Handlers
 */
import { Channel, Subscription } from "./channel.js";
import { Connection } from "./connection.js";
import { HttpApi } from "./http-api.js";
import { Outbox } from "./outbox.js";
import { runtime } from "./runtime.js";
import { TRANSPORTS } from "./transports.js";

/** How many channels fit into one event stream or poll, and so into every transport. */
const MAX_CHANNELS = 100;

/** Everything that one page or process has with one edge. */
export class Client {
  /** @type {Map<string, Channel>} */
  #channels = new Map();
  /** @type {Map<string, Set<Subscription>>} */
  #subscriptions = new Map();
  /** @type {Set<(state: State) => void>} */
  #watchers = new Set();
  #runtime;
  #connection;
  #transports;
  #unwatch;

  /** @param {string | URL} url @param {Options} options */
  constructor(url, options) {
    const origin = new URL(url);
    const { user = "", backoff } = options;
    this.#runtime = runtime(options.runtime);
    this.#transports = this.#chosen(options.transports ?? TRANSPORTS.map(({ name }) => name));
    this.api = new HttpApi(origin, this.#runtime, options);
    this.outbox = new Outbox(this.api, this.#runtime, {
      maxQueued: options.maxQueued ?? 1000,
      backoff,
      key: options.persist ? `sluice.outbox ${origin.origin} ${user} ` : null,
    });
    const settings = {
      climbMillis: options.climbMillis ?? 60_000,
      pollMillis: options.pollMillis ?? 2000,
      maxRetries: options.maxRetries ?? 100,
      backoff,
      key: `sluice.transport ${origin.origin}`,
    };
    this.#connection = new Connection(this.api, this.#runtime, this.#transports, settings, {
      message: (publication) => this.#tell(publication.channel, "message", publication),
      gap: (gap) => this.#tell(gap.channel, "gap", gap),
      signal: (signal) => this.#tell(signal.channel, "signal", signal),
      presence: (change) => this.#tell(change.channel, "presence", change),
      refused: (channel, error) => {
        this.#tell(channel, "error", error);
        this.#subscriptions.delete(channel);
      },
      state: (state) => this.#stateChanged(state),
    });
    this.#unwatch = this.#runtime.watch((event) => {
      this.#connection.changed(event);
      if (event === "online" || event === "visible") this.outbox.wake();
    });
  }

  /** @param {string} name 1 to 255 characters of `A-Z a-z 0-9 . _ : @ ~ -` */
  channel(name) {
    let channel = this.#channels.get(name);
    if (!channel) {
      if (!/^[\w.:@~-]{1,255}$/.test(name)) throw new RangeError(`no channel name: ${name}`);
      channel = new Channel(this, name);
      this.#channels.set(name, channel);
    }
    return channel;
  }

  /** Publishes to a user's own channel, `user:<id>`. @param {string} user @param {any} data @param {Parameters<Channel["publish"]>[1]} [options] */
  direct(user, data, options) {
    return this.channel(`user:${user}`).publish(data, options);
  }

  /** What a user interface shows. */
  get state() {
    return this.#connection.state;
  }

  /** How many publishes wait to be sent. */
  get queued() {
    return this.outbox.size;
  }

  /** Runs `watcher` with each new state. @param {(state: State) => void} watcher @returns {() => void} ends it */
  onState(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Goes on over these transports only; without any, over all. @param {...string} names of `TRANSPORTS`, best first */
  useTransports(...names) {
    this.#connection.use(names.length > 0 ? this.#chosen(names) : this.#transports);
  }

  /** Tries at once: ends a wait, and the state `failed`. */
  retry() {
    this.#connection.retry();
    this.outbox.wake();
  }

  /** The end: subscriptions stop, publishes that wait are rejected with `closed`. */
  close() {
    this.#unwatch();
    this.outbox.close();
    this.#connection.close();
    this.#subscriptions.clear();
  }

  /** @param {Channel} channel @param {Handlers} handlers @param {string} [after] */
  subscribe(channel, handlers, after) {
    if (this.state.name === "closed") throw new Error("the client is closed");
    const subscription = new Subscription(channel, handlers);
    const others = this.#subscriptions.get(channel.name);
    if (others) {
      if (after !== undefined) throw new Error(`${channel.name} is subscribed to already, and stands elsewhere`);
      others.add(subscription);
      return subscription;
    }
    if (this.#subscriptions.size >= MAX_CHANNELS) throw new RangeError(`a client follows at most ${MAX_CHANNELS} channels`);
    this.#subscriptions.set(channel.name, new Set([subscription]));
    this.#connection.add(channel.name, after ?? "latest");
    return subscription;
  }

  /** @param {Subscription} subscription */
  unsubscribe(subscription) {
    const { name } = subscription.channel;
    const all = this.#subscriptions.get(name);
    if (!all?.delete(subscription) || all.size > 0) return;
    this.#subscriptions.delete(name);
    this.#connection.remove(name);
  }

  /** @param {string} channel */
  cursorOf(channel) {
    return this.#connection.cursors.get(channel);
  }

  /** @param {readonly string[]} names */
  #chosen(names) {
    const chosen = names.map((name) => {
      const transport = TRANSPORTS.find((one) => one.name === name);
      if (!transport) throw new RangeError(`no transport: ${name}`);
      return transport;
    });
    const available = chosen.filter((transport) => transport.isAvailable(this.#runtime));
    if (available.length === 0) throw new RangeError(`not available here: ${names.join(", ")}`);
    return available;
  }

  /** @param {State} state */
  #stateChanged(state) {
    if (state.name === "live") this.outbox?.wake();
    for (const watcher of this.#watchers) this.#run(watcher, state);
  }

  /** @param {string} channel @param {keyof Handlers} event @param {any} value */
  #tell(channel, event, value) {
    for (const { handlers } of this.#subscriptions.get(channel) ?? []) {
      const handler = handlers[event];
      if (handler) this.#run(handler, value);
    }
  }

  /** A handler that throws is a mistake of the page, and must not stop the stream. @param {(value: any) => void} handler @param {any} value */
  #run(handler, value) {
    try {
      handler(value);
    } catch (error) {
      this.#runtime.report(error);
    }
  }
}
