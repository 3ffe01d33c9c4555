/**
 * The demo chat: rooms, people, typing, unread, and a transport that can be changed at any moment.
 *
 * The page keeps one cursor per channel and moves it with every publication it takes. Links only ever ask for what comes
 * after the cursors (see sluice-link.js), so nothing here looks for repeated lines.
 *
 * @typedef {{kind: "line", position: string, name: string, text: string, time: Date}
 *   | {kind: "gap", from: string, to: string}
 *   | {kind: "mark", text: string}} Entry
 * @typedef {{key: string, data: {name: string, text: string}, position?: string, failure?: string}} Draft
 * @typedef {{channel: string, title: string, entries: Entry[], unread: number, people: Set<string>,
 *   peopleChanges: number, typing: Map<string, number>, outbox: Draft[]}} Room
 */
import { ChatView } from "./chat-view.js";
import { Backoff, Refusal, SluiceApi } from "./sluice-api.js";
import { TRANSPORTS } from "./sluice-link.js";

const FIRST_LINES = 50;
const MAX_ENTRIES = 5000; // per room; the oldest leave the page first
const TYPING_TOLD_EVERY_MILLIS = 2000;
const TYPING_SHOWN_MILLIS = 4000;
const PEOPLE_ASKED_EVERY_MILLIS = 3000;
const READ_TOLD_AFTER_MILLIS = 400;

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
}));
const roomOf = new Map(rooms.map((room) => [room.channel, room]));

/** The only memory of what was received: one position per channel. @type {Map<string, string>} */
const cursors = new Map();

const view = new ChatView();
const chosen = new URLSearchParams(location.search);
let me = chosen.get("name") ?? localStorage.getItem("name") ?? `guest-${randomKey().slice(0, 4)}`;
let api = new SluiceApi(location.origin, me);
let transport = chosen.get("transport") ?? "";
if (!(transport in TRANSPORTS)) transport = "websocket";
let open = rooms[0];
/** @type {import("./sluice-link.js").Link | null} */
let link = null;
let live = false;
let typingToldAt = 0;
let readTimer = 0;
let typingTimer = 0;

/** @type {import("./sluice-link.js").Handlers} */
const handlers = {
  onPublication(publication) {
    cursors.set(publication.channel, publication.position);
    const room = roomOf.get(publication.channel);
    if (!room || publication.event !== "message") return;
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
  },

  onGap(gap) {
    cursors.set(gap.channel, gap.to);
    const room = roomOf.get(gap.channel);
    if (room) add(room, { kind: "gap", from: gap.from, to: gap.to });
  },

  onSignal(signal) {
    const room = roomOf.get(signal.channel);
    if (!room) return;
    const from = signal.from ?? signal.data?.name;
    if (signal.event === "typing" && from && from !== me) {
      room.typing.set(from, Date.now() + TYPING_SHOWN_MILLIS);
      showTyping();
    } else if (signal.event === "read" && from === me && room !== open) askUnread(room);
  },

  onPresence({ channel, event, user }) {
    const room = roomOf.get(channel);
    if (!room) return;
    room.peopleChanges++;
    if (event === "join") room.people.add(user);
    else room.people.delete(user);
    if (room === open) view.people(room, me);
  },

  onState(state) {
    view.state(state, TRANSPORTS[transport].label);
    const wasLive = live;
    live = state.state === "live";
    if (live && !wasLive) rooms.forEach(askPeople);
  },
};

/** Ends the present link and lets another go on from the cursors. */
function connect() {
  link?.stop();
  live = false;
  link = TRANSPORTS[transport].open(api);
  link.start(cursors, handlers);
}

/** @param {Room} room */
function choose(room) {
  open = room;
  room.unread = 0;
  view.rooms(rooms, open, choose);
  view.open(room);
  view.people(room, me);
  view.cursor(cursors.get(room.channel) ?? "");
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

/** @param {import("./sluice-api.js").Publication} publication @returns {Extract<Entry, {kind: "line"}>} */
function lineOf({ position, time, from, data, data_base64: binary }) {
  const object = data !== null && typeof data === "object" ? data : {};
  const text = typeof data === "string" ? data : typeof object.text === "string" ? object.text : JSON.stringify(data);
  return {
    kind: "line",
    position,
    name: from ?? (typeof object.name === "string" && object.name ? object.name : "anonymous"),
    text: binary === undefined ? text : `${Math.floor((binary.length * 3) / 4)} bytes`,
    time: new Date(time),
  };
}

/** Sends what waits in a room, in order and once each, through restarts of the server. @param {Room} room */
async function flush(room) {
  const backoff = new Backoff();
  for (let draft; (draft = room.outbox.find((one) => !one.position && !one.failure)); ) {
    try {
      draft.position = (await api.publish(room.channel, draft.data, draft.key)).position;
      if (room.entries.some((entry) => entry.kind === "line" && entry.position === draft.position)) {
        settle(room, draft.position);
      }
      backoff.reset();
    } catch (failure) {
      if (failure instanceof Refusal && !failure.passing) {
        draft.failure = failure.message;
        if (room === open) view.pending(room);
      } else {
        const wait = (failure instanceof Refusal && failure.retryAfterMillis) || backoff.nextMillis();
        await new Promise((wake) => setTimeout(wake, wait));
      }
    }
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
    const position = cursors.get(open.channel);
    if (position) api.moveReadMarker(open.channel, position).catch(ignore);
  }, READ_TOLD_AFTER_MILLIS);
}

/** @param {Room} room */
async function askUnread(room) {
  const marker = await api.readMarker(room.channel).catch(ignore);
  if (!marker || room === open) return;
  room.unread = marker.unread;
  view.rooms(rooms, open, choose);
}

/** @param {Room} room */
async function askPeople(room) {
  const changes = room.peopleChanges;
  const presence = await api.presence(room.channel).catch(ignore);
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

/** Reads the newest lines of every room; the cursors begin behind them. */
async function load() {
  await Promise.all(
    rooms.map(async (room) => {
      const { messages, position } = await api.newest(room.channel, FIRST_LINES);
      room.entries = messages.filter((message) => message.event === "message").map(lineOf);
      cursors.set(room.channel, position);
    }),
  );
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a passing failure of a courtesy call leads to: nothing. The link shows whether the server is there. */
function ignore() {}

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

function listen() {
  const picker = input("transports");
  for (const [name, { label }] of Object.entries(TRANSPORTS)) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "transport", value: name });
    radio.checked = name === transport;
    const choice = document.createElement("label");
    choice.append(radio, Object.assign(document.createElement("span"), { textContent: label }));
    picker.append(choice);
  }
  picker.addEventListener("change", (event) => {
    transport = /** @type {HTMLInputElement} */ (event.target).value;
    add(open, { kind: "mark", text: `${TRANSPORTS[transport].label} from here` });
    connect();
  });
  input("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input("text").value.trim();
    if (!text) return;
    input("text").value = "";
    typingToldAt = 0;
    const idle = open.outbox.every((draft) => draft.position || draft.failure);
    open.outbox.push({ key: randomKey(), data: { name: me, text } });
    view.pending(open);
    if (idle) flush(open);
  });
  input("text").addEventListener("input", () => {
    if (Date.now() - typingToldAt < TYPING_TOLD_EVERY_MILLIS || !input("text").value) return;
    typingToldAt = Date.now();
    api.signal(open.channel, "typing", { name: me }).catch(ignore);
  });
  input("name").value = me;
  input("name").addEventListener("change", () => {
    if (!input("name").checkValidity()) return;
    me = input("name").value;
    localStorage.setItem("name", me);
    api = new SluiceApi(location.origin, me);
    connect();
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
    if (live && !TRANSPORTS[transport].pushes) askPeople(open);
  }, PEOPLE_ASKED_EVERY_MILLIS);
}

async function begin() {
  localStorage.setItem("name", me);
  listen();
  view.rooms(rooms, open, choose);
  view.state({ state: "connecting" }, TRANSPORTS[transport].label);
  for (const backoff = new Backoff(); ; ) {
    try {
      await load();
      break;
    } catch (failure) {
      const detail = failure instanceof Error ? failure.message : undefined;
      view.state({ state: "waiting", detail }, TRANSPORTS[transport].label);
      await new Promise((wake) => setTimeout(wake, backoff.nextMillis()));
    }
  }
  choose(open);
  connect();
  rooms.forEach(askUnread);
}

begin();
