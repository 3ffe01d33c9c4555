/** What all views have in common: the client, shorthands for elements, numbers with their units. */
import { connect } from "../sdk/sluice.js";

/** A client of the listener that serves this page: it follows the figures over its event stream, and asks the rest. */
export const sluice = connect(location.origin, { transports: ["sse"], maxRetries: Infinity, backoff: { first: 500, cap: 5000 } });

/** Calls the admin API. @param {string} method @param {string} path @param {import("../sdk/http-api.js").Call} [call] */
export const ask = (method, path, call) => sluice.api.json(method, `/v1/admin${path}`, call);

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string)} children @returns {any} */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Writes only what is different, so that nothing moves or is read out for nothing. @param {Element} place @param {string} text */
export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Says what was done, or what was wrong, for a few seconds. @param {string} text @param {boolean} [bad] */
export function tell(text, bad = false) {
  const told = byId("told");
  told.classList.toggle("bad", bad);
  told.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (told.textContent = ""), 6000);
}
tell.timer = 0;

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @param {number | undefined} value */
export const count = (value) => (value === undefined ? "–" : whole.format(value));

/** @param {number} value @param {string} one @param {string} [many] */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** @param {number | undefined} value */
export const rate = (value) => (value === undefined ? "–" : short.format(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)).toLowerCase());

/** Three digits are enough. @param {number | undefined} seconds */
export function latency(seconds) {
  if (seconds === undefined) return "–";
  const [value, unit] = seconds < 0.001 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1000, "ms"] : [seconds, "s"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** @param {number} bytes */
export function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** @param {number} millis */
export function duration(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** A time of day here, or with the date where it was not today. @param {string | number} time */
export function clock(time) {
  const date = new Date(time);
  const day = date.toDateString() === new Date().toDateString() ? "" : `${date.toLocaleDateString("sv")} `;
  return day + date.toLocaleTimeString("sv");
}
