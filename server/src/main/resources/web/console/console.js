/** The operator's console: chooses the view by the address, shows whether the server is there. */
import { channels } from "./channels.js";
import * as channel from "./channel.js";
import { follow, seen } from "./overview.js";
import { byId, clock, sluice } from "./page.js";
import { sessions } from "./sessions.js";

const WORDS = { idle: "Not connected", connecting: "Connecting", live: "Live", waiting: "Reconnecting", failed: "Disconnected", closed: "Closed" };
const AWAY_AFTER_MILLIS = 1500;
const VIEWS = { overview: { show() {}, hide() {} }, sessions, channels, channel };

let open;
let away = 0;

/** Shows the view that the address names: `#/`, `#/sessions`, `#/channels` or `#/channels/<name>`. */
function route() {
  const [, first = "", ...rest] = location.hash.split("/");
  const name = rest.length > 0 ? decodeURIComponent(rest.join("/")) : "";
  const view = first === "channels" && name ? "channel" : first in VIEWS && first !== "channel" ? first : "overview";
  open?.hide();
  for (const each of Object.keys(VIEWS)) byId(each).hidden = each !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view || (view === "channel" && link.dataset.view === "channels")) link.ariaCurrent = "page";
    else link.ariaCurrent = null;
  }
  document.title = `${view === "channel" ? name : byId(view).querySelector("h1").firstChild.textContent.trim()} · Sluice console`;
  // Whoever goes somewhere by keyboard goes on from there: what was pressed may be in the view that is hidden now.
  if (open) byId(view).querySelector("h1").focus({ preventScroll: true });
  open = VIEWS[view];
  open.show(name);
  scrollTo(0, 0);
}

sluice.onState(({ name, error }) => {
  const state = byId("state");
  state.dataset.state = name;
  state.textContent = WORDS[name];
  state.title = error?.message ?? "";
  // A short break heals before anybody has read about it.
  if (name === "waiting") away ||= setTimeout(sayAway, AWAY_AFTER_MILLIS);
  if (name === "live") {
    clearTimeout(away);
    away = 0;
    byId("away").hidden = true;
  }
  document.body.classList.toggle("stale", name === "waiting");
});

function sayAway() {
  const last = seen();
  byId("away").textContent = `The server cannot be reached. Trying again by itself${last ? `; what is shown here is of ${clock(last)}` : ""}.`;
  byId("away").hidden = false;
}

addEventListener("hashchange", route);
route();
follow();
