/**
 * What a connection can be, and what it can become. `failed` and `closed` are ends: only `retry()` leaves the first, nothing
 * the second.
 *
 * @typedef {import("./types.js").State["name"]} Name
 * @type {Record<Name, readonly Name[]>}
 */
export const TRANSITIONS = {
  /** Nothing is subscribed to: nothing is open. */
  idle: ["connecting", "closed"],
  /** A transport is tried. */
  connecting: ["connecting", "live", "waiting", "idle", "failed", "closed"],
  /** Everything that is subscribed to arrives. */
  live: ["connecting", "waiting", "idle", "failed", "closed"],
  /** Until `retryAt`. */
  waiting: ["connecting", "idle", "failed", "closed"],
  /** Given up: the token is not accepted, or too many attempts failed. */
  failed: ["connecting", "idle", "closed"],
  closed: [],
};

/** Throws where a connection cannot become that: a mistake in the client. @param {Name} from @param {Name} to */
export function mustLead(from, to) {
  if (!TRANSITIONS[from].includes(to)) throw new Error(`a connection that is ${from} does not become ${to}`);
}
