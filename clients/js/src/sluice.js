/**
 * The Sluice client for browsers and Node.
 *
 *     const sluice = connect("https://edge.example");
 *     sluice.channel("news").subscribe((publication) => console.log(publication.data));
 *
 * @typedef {import("./types.js").Options} Options
 * @typedef {import("./types.js").Publication} Publication
 * @typedef {import("./types.js").Gap} Gap
 * @typedef {import("./types.js").Signal} Signal
 * @typedef {import("./types.js").PresenceChange} PresenceChange
 * @typedef {import("./types.js").Handlers} Handlers
 * @typedef {import("./types.js").Receipt} Receipt
 * @typedef {import("./types.js").State} State
 */
import { Client } from "./client.js";

export { Client } from "./client.js";
export { Channel, Subscription } from "./channel.js";
export { SluiceError } from "./error.js";
export { TRANSPORTS } from "./transports.js";

/**
 * A client of the edge at `url`. Opens nothing until something is subscribed to or published.
 *
 * @param {string | URL} url where the edge listens, such as `https://edge.example`
 * @param {Options} [options]
 */
export function connect(url, options = {}) {
  return new Client(url, options);
}
