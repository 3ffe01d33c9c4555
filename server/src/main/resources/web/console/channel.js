/** One channel: what its log holds, page by page, and publishing to it. */
import { ask, byId, clock, count, counted, element, tell, write } from "./page.js";

const PAGE = 30;
const AGAIN_MILLIS = 2000;
const LINE = 90;
const LONG = 600;
const JSON_TYPE = "application/json";

let name = "";
/** The messages that are shown, oldest first. */
let shown = [];
/** The newest position when the newest page was read last; null while another page is shown. */
let top = null;
let timer = 0;
let turn = 0;

/** @param {string} channel */
export function show(channel) {
  hide();
  if (channel !== name) {
    [name, shown, top] = [channel, [], null];
    write(byId("channel-name"), channel);
    byId("history").replaceChildren();
    for (const id of ["newest", "newer", "older"]) byId(id).disabled = true;
    note("Loading");
  }
  watch();
}

export function hide() {
  turn++;
  clearTimeout(timer);
}

const path = () => `/channels/${encodeURIComponent(name)}`;

/** Asks for the channel's state again and again. What is read stays where it is: new messages are offered, not pushed in. */
async function watch() {
  const mine = ++turn;
  clearTimeout(timer);
  try {
    const state = await ask("GET", path());
    if (mine !== turn) return;
    write(byId("channel-readers"), count(state.subscribers));
    write(byId("channel-held"), counted(state.messages, "message"));
    write(byId("channel-newest"), state.newest);
    if (shown.length === 0 && state.newest !== top) await load({}, state.newest);
    if (mine !== turn) return;
    offer(state.newest);
  } catch (error) {
    if (mine !== turn) return;
    note(error.passing ? "The server cannot be reached; trying again." : error.message);
  }
  timer = setTimeout(watch, AGAIN_MILLIS);
}

/** @param {{before?: string, after?: string}} place without either: the newest page @param {string} [newest] as it is known */
async function load(place, newest) {
  const from = name;
  const { messages, gap, position } = await ask("GET", `${path()}/messages`, { params: { ...place, limit: PAGE } });
  if (from !== name) return;
  const full = messages.length === PAGE;
  const atTop = place.before === undefined && (place.after === undefined || !full);
  if (messages.length === 0 && !atTop) {
    byId("older").disabled = true;
    return note("Nothing older is held.");
  }
  if (messages.length > 0 || place.after === undefined) shown = messages;
  top = atTop ? (messages.at(-1)?.position ?? newest ?? position) : null;
  byId("history").replaceChildren(...shown.toReversed().map(item));
  byId("older").disabled = !full && place.after === undefined;
  byId("newer").disabled = atTop;
  offer(top ?? "");
  if (gap) note(`What came before ${messages[0]?.position ?? gap.to} is no longer held.`);
  else note(shown.length === 0 ? "This channel holds no messages." : "");
}

/** Says whether there is something newer than what is shown. @param {string} newest */
function offer(newest) {
  const more = top !== null && newest !== top;
  const button = byId("newest");
  write(button, more ? "New messages" : "Newest");
  button.classList.toggle("primary", more);
  button.disabled = top !== null && !more;
}

/** @param {import("../sdk/sluice.js").Publication} message */
function item({ position, time, event, from, data, data_base64: bytes, content_type: type }) {
  const text = bytes === undefined ? (typeof data === "string" ? data : readable(data)) : `${type}: ${bytes}`;
  const body = element("pre", { textContent: text });
  const folded = text.length > LONG && element("details", {}, element("summary", { textContent: `${text.slice(0, 100)} … ${count(text.length)} characters` }), body);
  return element(
    "li",
    {},
    element(
      "p",
      {},
      element("time", { dateTime: time, title: time, className: "number", textContent: clock(time) }),
      element("b", { textContent: event }),
      element("span", { className: "quiet", textContent: from ? `from ${from}` : "" }),
      element("code", { textContent: position }),
    ),
    folded || body,
  );
}

/** On one line where it fits. */
function readable(data) {
  const line = JSON.stringify(data);
  return line.length <= LINE ? line : JSON.stringify(data, null, 2);
}

/** @param {string} text */
function note(text) {
  const place = byId("history-note");
  write(place, text);
  place.hidden = text === "";
}

/** @param {string} id @param {() => {before?: string, after?: string}} place */
function onClick(id, place) {
  byId(id).addEventListener("click", () => load(place()).catch((error) => note(error.message)));
}
onClick("newest", () => ({}));
onClick("newer", () => ({ after: shown.at(-1)?.position }));
onClick("older", () => ({ before: shown[0]?.position }));

byId("publish-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const type = byId("type").value;
  const body = byId("data").value;
  const kind = byId("event").value.trim() || "message";
  const wrong = type === JSON_TYPE ? mistake(body) : "";
  byId("publish-error").textContent = wrong;
  if (wrong) return byId("data").focus();
  try {
    const headers = { "Content-Type": type, "Sluice-Event": kind };
    const { position } = await ask("POST", `${path()}/messages`, { headers, body });
    tell(`Published at ${position}.`);
    await load({});
    watch();
  } catch (error) {
    byId("publish-error").textContent = error.message;
  }
});

/** What keeps a text from being JSON; empty for nothing. @param {string} text */
function mistake(text) {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return `This is no JSON: ${error.message}`;
  }
}
