/**
 * The demo chat: rooms, people, typing, unread, and a transport that can be changed at any moment.
 *
 * The client keeps one cursor per channel and begins after it whatever opens next, so nothing here looks for repeated lines.
 *
 * @typedef {{kind: "line", position: string, name: string, text: string, time: Date}
 *   | {kind: "gap", from: string, to: string}
 *   | {kind: "mark", text: string}} Entry
 * @typedef {{data: {name: string, text: string}, position?: string, failure?: string}} Draft
 * @typedef {{channel: string, title: string, entries: Entry[], unread: number, people: Set<string>,
 *   peopleChanges: number, typing: Map<string, number>, outbox: Draft[], after: string}} Room
 * @typedef {import("./sdk/sluice.js").Publication} Publication
 * @typedef {import("./sdk/sluice.js").Gap} Gap
 * @typedef {import("./sdk/sluice.js").Signal} Signal
 * @typedef {import("./sdk/sluice.js").PresenceChange} PresenceChange
 */
import { ChatView } from "./chat-view.js";
import { TRANSPORTS, connect } from "./sdk/sluice.js";

const FIRST_LINES = 50;
const MAX_ENTRIES = 5000; // per room; the oldest leave the page first
const TYPING_TOLD_EVERY_MILLIS = 2000;
const TYPING_SHOWN_MILLIS = 4000;
const PEOPLE_ASKED_EVERY_MILLIS = 3000;
const READ_TOLD_AFTER_MILLIS = 400;
const LOADED_AGAIN_AFTER_MILLIS = 1000;

/** @type {Room[]} */
const rooms = ["general", "random", "help"].map((name) => ({
  channel: `chat:${name}`,
  title: `# ${name}`,
  entries: [],
  unread: 0,
  people: new Set(),
  peopleChanges: 0,
  typing: new Map(),
  outbox: [],
  after: "",
}));

const view = new ChatView();
const chosen = new URLSearchParams(location.search);
const labels = new Map(TRANSPORTS.map(({ name, label }) => [name, label]));
let me = chosen.get("name") ?? localStorage.getItem("name") ?? `guest-${Math.random().toString(36).slice(2, 6)}`;
let transport = chosen.get("transport") ?? "";
if (!labels.has(transport)) transport = "websocket";
let sluice = client();
let open = rooms[0];
/** @type {import("./sdk/sluice.js").Subscription[]} */
const following = [];
let typingToldAt = 0;
let readTimer = 0;
let typingTimer = 0;

function client() {
  const made = connect(location.origin, { user: me, transports: [transport], pollMillis: 1000, backoff: { cap: 3000 } });
  made.onState((state) => {
    view.state(state, labels.get(state.transport) ?? "");
    if (state.name === "live") rooms.forEach(askPeople);
  });
  return made;
}

/** @param {Room} room */
const channel = (room) => sluice.channel(room.channel);

/** @param {Room} room */
function follow(room) {
  const handlers = {
    message: (/** @type {Publication} */ publication) => take(room, publication),
    gap: (/** @type {Gap} */ { from, to }) => add(room, { kind: "gap", from, to }),
    signal: (/** @type {Signal} */ signal) => hear(room, signal),
    presence: (/** @type {PresenceChange} */ change) => greet(room, change),
  };
  following.push(channel(room).subscribe(handlers, { after: room.after }));
}

/** @param {Room} room @param {Publication} publication */
function take(room, publication) {
  room.after = publication.position;
  if (publication.event !== "message") return;
  const line = lineOf(publication);
  add(room, line);
  room.typing.delete(line.name);
  settle(room, line.position);
  if (room === open) {
    view.cursor(publication.position);
    showTyping();
  }
  if (room === open && !document.hidden) tellRead();
  else if (line.name !== me) {
    room.unread++;
    view.rooms(rooms, open, choose);
  }
  view.delay(Math.max(0, Date.now() - line.time.getTime()));
}

/** @param {Room} room @param {Signal} signal */
function hear(room, signal) {
  const from = signal.from ?? signal.data?.name;
  if (signal.event === "typing" && from && from !== me) {
    room.typing.set(from, Date.now() + TYPING_SHOWN_MILLIS);
    showTyping();
  } else if (signal.event === "read" && from === me && room !== open) askUnread(room);
}

/** @param {Room} room @param {PresenceChange} change */
function greet(room, { event, user }) {
  room.peopleChanges++;
  if (event === "join") room.people.add(user);
  else room.people.delete(user);
  if (room === open) view.people(room, me);
}

/** @param {Room} room */
function choose(room) {
  open = room;
  room.unread = 0;
  view.rooms(rooms, open, choose);
  view.open(room);
  view.people(room, me);
  view.cursor(room.after);
  showTyping();
  tellRead();
  askPeople(room);
}

/** @param {Room} room @param {Entry} entry */
function add(room, entry) {
  room.entries.push(entry);
  if (room === open) view.append(entry);
  if (room.entries.length > MAX_ENTRIES) {
    room.entries.shift();
    if (room === open) view.dropOldest();
  }
}

/** @param {Publication} publication @returns {Extract<Entry, {kind: "line"}>} */
function lineOf({ position, time, from, data }) {
  const object = data !== null && typeof data === "object" ? data : {};
  const text = typeof data === "string" ? data : typeof object.text === "string" ? object.text : JSON.stringify(data);
  return {
    kind: "line",
    position,
    name: from ?? (typeof object.name === "string" && object.name ? object.name : "anonymous"),
    text: data instanceof Uint8Array ? `${data.length} bytes` : text,
    time: new Date(time),
  };
}

/** Shows a line as sent until it comes back from the server, through whatever happens to that. @param {Room} room @param {string} text */
async function send(room, text) {
  /** @type {Draft} */
  const draft = { data: { name: me, text } };
  room.outbox.push(draft);
  view.pending(room);
  try {
    const { position } = await channel(room).publish(draft.data);
    draft.position = position;
    if (room.entries.some((entry) => entry.kind === "line" && entry.position === position)) settle(room, position);
  } catch (refusal) {
    draft.failure = String(refusal);
    if (room === open) view.pending(room);
  }
}

/** The line at `position` is shown: its draft has served. @param {Room} room @param {string} position */
function settle(room, position) {
  const index = room.outbox.findIndex((draft) => draft.position === position);
  if (index < 0) return;
  room.outbox.splice(index, 1);
  if (room === open) view.pending(room);
}

/** Moves the caller's read marker, at most every so often, while the open room is seen. */
function tellRead() {
  if (readTimer || document.hidden) return;
  readTimer = setTimeout(() => {
    readTimer = 0;
    if (open.after) channel(open).markRead(open.after).catch(ignore);
  }, READ_TOLD_AFTER_MILLIS);
}

/** @param {Room} room */
async function askUnread(room) {
  const marker = await channel(room).readMarker().catch(ignore);
  if (!marker || room === open) return;
  room.unread = marker.unread;
  view.rooms(rooms, open, choose);
}

/** @param {Room} room */
async function askPeople(room) {
  const changes = room.peopleChanges;
  const presence = await channel(room).presence().catch(ignore);
  if (!presence) return;
  if (room.peopleChanges !== changes) return askPeople(room); // it changed while the answer was on its way
  room.people = new Set(presence.users.map((user) => user.id));
  if (room === open) view.people(room, me);
}

function showTyping() {
  const now = Date.now();
  for (const [name, until] of open.typing) if (until <= now) open.typing.delete(name);
  view.typing([...open.typing.keys()]);
  clearTimeout(typingTimer);
  if (open.typing.size > 0) typingTimer = setTimeout(showTyping, 500);
}

/** Reads the newest lines of a room; the subscription goes on behind them. @param {Room} room */
async function load(room) {
  for (;;) {
    try {
      const { messages, position } = await channel(room).history({ limit: FIRST_LINES });
      room.entries = messages.filter((message) => message.event === "message").map(lineOf);
      room.after = position;
      return follow(room);
    } catch {
      await new Promise((wake) => setTimeout(wake, LOADED_AGAIN_AFTER_MILLIS));
    }
  }
}

/** What a passing failure of a courtesy call leads to: nothing. The state shows whether the server is there. */
function ignore() {}

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

function listen() {
  const picker = input("transports");
  for (const [name, label] of labels) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "transport", value: name });
    radio.checked = name === transport;
    const choice = document.createElement("label");
    choice.append(radio, Object.assign(document.createElement("span"), { textContent: label }));
    picker.append(choice);
  }
  picker.addEventListener("change", (event) => {
    transport = /** @type {HTMLInputElement} */ (event.target).value;
    add(open, { kind: "mark", text: `${labels.get(transport)} from here` });
    sluice.useTransports(transport);
  });
  input("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input("text").value.trim();
    if (!text) return;
    input("text").value = "";
    typingToldAt = 0;
    send(open, text);
  });
  input("text").addEventListener("input", () => {
    if (Date.now() - typingToldAt < TYPING_TOLD_EVERY_MILLIS || !input("text").value) return;
    typingToldAt = Date.now();
    channel(open).signal("typing", { name: me }).catch(ignore);
  });
  input("name").value = me;
  input("name").addEventListener("change", () => {
    if (!input("name").checkValidity()) return;
    me = input("name").value;
    localStorage.setItem("name", me);
    following.splice(0).forEach((subscription) => subscription.unsubscribe()); // what it still has to send, it sends
    sluice = client();
    rooms.forEach(follow);
  });
  input("identity").addEventListener("submit", (event) => {
    event.preventDefault();
    input("text").focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    open.unread = 0;
    view.rooms(rooms, open, choose);
    tellRead();
  });
  setInterval(() => {
    if (sluice.state.name === "live" && !sluice.state.pushes) askPeople(open);
  }, PEOPLE_ASKED_EVERY_MILLIS);
}

async function begin() {
  localStorage.setItem("name", me);
  listen();
  view.rooms(rooms, open, choose);
  view.state(sluice.state, labels.get(transport) ?? "");
  await Promise.all(rooms.map(load));
  choose(open);
  rooms.forEach(askUnread);
}

begin();
