/**
 * What goes in and out of the client. All times are milliseconds.
 *
 * @typedef {object} Publication one stored message of a channel
 * @property {string} channel
 * @property {string} position where it stands, and the cursor after it; opaque
 * @property {string} time when it was appended, UTC in ISO 8601
 * @property {string} event what kind it is, `message` unless the publisher said otherwise
 * @property {string} [from] the authenticated publisher
 * @property {Record<string, string>} [headers]
 * @property {any} data the JSON value, the text, or the bytes as a `Uint8Array`
 * @property {string} [content_type] of bytes
 *
 * @typedef {{channel: string, from: string, to: string}} Gap both ends are missing; `to` is a cursor
 * @typedef {{channel: string, event: string, from?: string, data: any}} Signal
 * @typedef {{channel: string, event: "join" | "leave", user: string}} PresenceChange
 * @typedef {{channel: string, position: string, time: string}} Receipt of a stored publication
 *
 * @typedef {object} Handlers each runs in the order of the channel; one that throws is reported and stops nothing
 * @property {(publication: Publication) => void} [message]
 * @property {(gap: Gap) => void} [gap] what the log no longer holds, told before anything newer
 * @property {(signal: Signal) => void} [signal] on WebSocket and SSE
 * @property {(change: PresenceChange) => void} [presence] on WebSocket and SSE
 * @property {(error: import("./error.js").SluiceError) => void} [error] the channel is refused: the subscription is over
 *
 * @typedef {object} State what a user interface shows
 * @property {"idle" | "connecting" | "live" | "waiting" | "failed" | "closed"} name
 * @property {string} transport the one in use, or tried last
 * @property {boolean} pushes false where signals and presence changes do not come by themselves
 * @property {boolean} offline the browser says that there is no network
 * @property {number} attempt how many attempts in a row have failed
 * @property {number} [retryAt] while `waiting`: when the next attempt comes, as of `Date.now()`
 * @property {import("./error.js").SluiceError} [error] why it is `waiting` or has `failed`
 *
 * @typedef {object} Options
 * @property {string | (() => string | Promise<string>)} [token] who is calling. A function is asked again when a token has
 *   expired or is about to; a text is used as it is
 * @property {string} [user] the name to go by where the server takes no tokens (`sluice demo`)
 * @property {RequestCredentials} [credentials] for the cookie `sluice_token` across origins: `include`
 * @property {string[]} [transports] which may be used, best first: names of `TRANSPORTS`
 * @property {number} [pollMillis] the pause between short polls: 2 s; ten times that while the page is hidden
 * @property {{first?: number, cap?: number}} [backoff] the ceiling of the first wait (1 s), doubled up to `cap` (30 s)
 * @property {number} [maxRetries] failed attempts in a row after which the state is `failed`: 100, about half an hour.
 *   Attempts while the browser is offline do not count
 * @property {number} [climbMillis] how long to stay on a lower transport before trying a better one: 60 s, longer each time
 * @property {number} [maxQueued] publishes that may wait: 1,000; beyond it they are refused with `queue-full`
 * @property {boolean} [persist] keep waiting publishes in the browser's storage, so that they survive a reload
 * @property {Partial<import("./runtime.js").Runtime>} [runtime] replaces what is taken from the browser or Node
 */
export {};
