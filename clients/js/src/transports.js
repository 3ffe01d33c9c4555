/**
 * Every transport that a client can use, best first. They look alike, and a client changes between them at any time:
 *
 * - `open(host)` begins after the host's cursors and gives a link. The link keeps no cursor, no queue and no memory of what it
 *   delivered; the client moves the cursors as it takes publications. Whatever opens next asks for what comes after them. That
 *   alone is why nothing is lost or repeated.
 * - It calls `host.live()` when it is proven to work, and `host.broken(error)` when it has ended, once. It does not try again:
 *   when and with which transport is the client's business.
 * - After `stop()` it calls nothing. `change()`, where there is one, takes channels in and out; without it the client opens
 *   anew. `doubt()`, where there is one, finds out soon whether the other side is still there; the same holds.
 *
 * @typedef {object} Host
 * @property {import("./http-api.js").HttpApi} api
 * @property {import("./runtime.js").Runtime} runtime
 * @property {Map<string, string>} cursors by channel: a position, or `earliest` or `latest` where there is none yet
 * @property {number} pollMillis
 * @property {() => void} live
 * @property {(publication: import("./types.js").Publication) => void} message moves the cursor
 * @property {(gap: import("./types.js").Gap) => void} gap moves the cursor
 * @property {(signal: import("./types.js").Signal) => void} signal
 * @property {(change: import("./types.js").PresenceChange) => void} presence
 * @property {(channel: string, error: import("./error.js").SluiceError) => void} refused this channel, not the others
 * @property {(millis: number) => void} drain the server goes away; come back after this, and not before
 * @property {(error: import("./error.js").SluiceError) => void} broken
 *
 * @typedef {{stop(): void, change?: () => void, doubt?: () => void}} Link
 *
 * @typedef {object} Transport
 * @property {string} name as the server names it
 * @property {string} label for people
 * @property {boolean} pushes whether signals and presence changes come by themselves
 * @property {(runtime: import("./runtime.js").Runtime) => boolean} isAvailable
 * @property {(host: Host) => Link} open
 */
import { longpoll } from "./transport/longpoll.js";
import { poll } from "./transport/poll.js";
import { sse } from "./transport/sse.js";
import { websocket } from "./transport/websocket.js";

/** @type {readonly Transport[]} */
export const TRANSPORTS = [
  websocket,
  sse,
  longpoll,
  poll,
];
