/**
 * Everything the chat draws. Holds no state of the conversation: it is told what to show.
 *
 * @typedef {import("./chat.js").Room} Room
 * @typedef {import("./chat.js").Entry} Entry
 */

const GROUP_MILLIS = 120_000;
const STATE_WORDS = {
  idle: "Connecting",
  connecting: "Connecting",
  live: "Live",
  waiting: "Reconnecting",
  failed: "Disconnected",
  closed: "Closed",
};

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [text]
 */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @param {string} name a person's colour: the same name has the same one on every page */
function hueOf(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return String(hash);
}

/** @param {string} name */
function avatar(name) {
  const circle = element("span", "avatar", [...name][0]?.toUpperCase() ?? "?");
  circle.style.setProperty("--hue", hueOf(name));
  circle.setAttribute("aria-hidden", "true");
  return circle;
}

export class ChatView {
  #lines = byId("lines");
  #atEnd = true;
  #scrollAsked = false;
  /** @type {Entry | null} */
  #last = null;

  constructor() {
    this.#lines.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#lines;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < 40;
    });
    new ResizeObserver(() => this.#keepAtEnd()).observe(this.#lines);
  }

  /**
   * @param {Room[]} rooms
   * @param {Room} open
   * @param {(room: Room) => void} choose
   */
  rooms(rooms, open, choose) {
    const list = byId("rooms");
    if (!list.hasChildNodes()) {
      for (const room of rooms) {
        const button = element("button", "room");
        button.dataset.channel = room.channel;
        button.append(element("span", "room-name", room.title), element("span", "unread"));
        button.addEventListener("click", () => choose(room));
        const item = element("li");
        item.append(button);
        list.append(item);
      }
    }
    rooms.forEach((room, index) => {
      const button = /** @type {HTMLElement} */ (list.children[index].firstElementChild);
      const badge = /** @type {HTMLElement} */ (button.lastElementChild);
      button.toggleAttribute("data-open", room === open);
      if (room === open) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      badge.textContent = room.unread === 0 ? "" : room.unread > 99 ? "99+" : String(room.unread);
      badge.title = room.unread === 0 ? "" : `${room.unread} unread`;
    });
    const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
    document.title = unread > 0 ? `(${unread}) Sluice chat` : "Sluice chat";
  }

  /** @param {Room} room shows all of it, from its end */
  open(room) {
    byId("room-title").textContent = room.title;
    byId("text").setAttribute("placeholder", `Message ${room.title}`);
    this.#lines.replaceChildren();
    this.#last = null;
    room.entries.forEach((entry) => this.append(entry));
    this.pending(room);
    this.#atEnd = true;
    this.#keepAtEnd();
  }

  /** @param {Entry} entry the newest of the open room */
  append(entry) {
    const item = element("li", entry.kind);
    if (entry.kind === "line") this.#line(item, entry);
    else if (entry.kind === "gap") {
      item.textContent = "Some lines are missing here: the log no longer holds them";
      item.title = `${entry.from} to ${entry.to}`;
    } else item.textContent = entry.text;
    this.#lines.insertBefore(item, this.#lines.querySelector(".pending"));
    this.#last = entry;
    this.#keepAtEnd();
  }

  /** Takes the oldest entry away. */
  dropOldest() {
    this.#lines.firstElementChild?.remove();
  }

  /** @param {Room} room what was sent and has not come back yet; drawn only when that takes noticeably long */
  pending(room) {
    this.#lines.querySelectorAll(".pending").forEach((item) => item.remove());
    for (const draft of room.outbox) {
      const item = element("li", draft.failure ? "pending failed" : "pending");
      item.append(element("p", "text", draft.data.text));
      if (draft.failure) item.append(element("p", "why", draft.failure));
      this.#lines.append(item);
    }
    this.#keepAtEnd();
  }

  /** @param {Room} room @param {string} me */
  people(room, me) {
    const list = byId("people");
    list.replaceChildren();
    for (const name of [...room.people].sort()) {
      const item = element("li");
      item.dataset.user = name;
      item.append(avatar(name), element("span", "", name === me ? `${name} (you)` : name));
      list.append(item);
    }
    byId("people-count").textContent = String(room.people.size);
  }

  /** @param {string[]} names who is typing in the open room */
  typing(names) {
    const who = names.length > 2 ? "Several people are" : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"}`;
    byId("typing").textContent = names.length === 0 ? "" : `${who} typing…`;
  }

  /** @param {import("./sdk/sluice.js").State} state @param {string} label */
  state({ name, offline, error }, label) {
    byId("status").dataset.state = name;
    byId("state").textContent = `${offline && name === "waiting" ? "Offline" : STATE_WORDS[name]} · ${label}`;
    byId("state").title = error?.message ?? "";
  }

  /** @param {string} cursor */
  cursor(cursor) {
    byId("cursor").textContent = cursor;
  }

  /** @param {number} millis */
  delay(millis) {
    byId("delay").textContent = millis < 10_000 ? `${millis} ms` : "over 10 s";
  }

  /** @param {HTMLElement} item @param {Extract<Entry, {kind: "line"}>} line */
  #line(item, line) {
    item.dataset.position = line.position;
    const last = this.#last;
    const continues =
      last?.kind === "line" && last.name === line.name && line.time.getTime() - last.time.getTime() < GROUP_MILLIS;
    if (!continues) {
      const time = element("time", "", line.time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
      time.setAttribute("datetime", line.time.toISOString());
      const who = element("p", "who");
      const name = element("b", "", line.name);
      name.style.setProperty("--hue", hueOf(line.name));
      who.append(name, time);
      item.classList.add("first");
      item.append(avatar(line.name), who);
    }
    item.append(element("p", "text", line.text));
  }

  #keepAtEnd() {
    if (!this.#atEnd || this.#scrollAsked) return;
    this.#scrollAsked = true;
    requestAnimationFrame(() => {
      this.#scrollAsked = false;
      if (this.#atEnd) this.#lines.scrollTop = this.#lines.scrollHeight;
    });
  }
}
