/** What every demo page has: its user's name, the state at its top, and shorthands. */
import { TRANSPORTS, connect } from "./sdk/sluice.js";

const WORDS = {
  idle: "Not connected",
  connecting: "Connecting",
  live: "Live",
  waiting: "Reconnecting",
  failed: "Disconnected",
  closed: "Closed",
};

/** Who this page is: `?name=`, or a guest who stays the same in this tab. */
export const me = new URLSearchParams(location.search).get("name") ?? guest();

/** A client of the server that served this page; its state is shown at the top. @param {import("./sdk/sluice.js").Options} [options] */
export function connected(options) {
  const sluice = connect(location.origin, { user: me, backoff: { cap: 3000 }, ...options });
  const shown = byId("state");
  sluice.onState(({ name, transport, error }) => {
    shown.dataset.state = name;
    shown.textContent = `${WORDS[name]} · ${TRANSPORTS.find((one) => one.name === transport)?.label}`;
    shown.title = error?.message ?? "";
  });
  return sluice;
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @param {string} tag @param {string} [className] @param {string} [text] */
export function element(tag, className = "", text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A button that stays pressed: `run` is called again and again meanwhile. @param {HTMLElement} button @param {number} millis @param {() => void} run */
export function whilePressed(button, millis, run) {
  let timer = 0;
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    clearInterval(timer);
    if (pressed) {
      run();
      timer = setInterval(run, millis);
    }
  });
}

/** How long ago the server stored a publication. @param {{time: string}} publication */
export const delayOf = ({ time }) => Math.max(0, Date.now() - Date.parse(time));

/** A colour that belongs to a name on every page. @param {string} name */
export function hueOf(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}

function guest() {
  const name = sessionStorage.getItem("name") ?? `guest-${Math.random().toString(36).slice(2, 6)}`;
  sessionStorage.setItem("name", name);
  return name;
}
