/** A list of the admin API as a table: searched, paged, and asked for again while it is seen. Rows that stay keep their focus. */
import { ask, byId, count, write } from "./page.js";

const AGAIN_MILLIS = 2000;
const TYPED_MILLIS = 250;
const PAGE = 50;

export class Listing {
  /** @type {Map<string, HTMLTableRowElement>} */
  #rows = new Map();
  #after = "";
  #next = "";
  #timer = 0;
  #turn = 0;
  #shown = false;

  /**
   * @param {string} name of the view and of the API's list
   * @param {{key: string, none: string, make: () => HTMLTableRowElement, fill: (row: HTMLTableRowElement, item: any) => void}} kind
   */
  constructor(name, kind) {
    this.name = name;
    this.kind = kind;
    const view = byId(name);
    this.body = view.querySelector("tbody");
    this.note = view.querySelector(".note");
    this.counted = view.querySelector(".count");
    this.search = view.querySelector("input[type=search]");
    this.first = view.querySelector(".first-page");
    this.more = view.querySelector(".next-page");
    this.search.addEventListener("input", () => this.#goTo("", TYPED_MILLIS));
    this.first.addEventListener("click", () => this.#goTo(""));
    this.more.addEventListener("click", () => this.#goTo(this.#next));
  }

  show() {
    this.#shown = true;
    this.refresh();
  }

  hide() {
    this.#shown = false;
    this.#turn++;
    clearTimeout(this.#timer);
  }

  /** Asks at once. */
  refresh() {
    this.#goTo(this.#after);
  }

  /** @param {string} after @param {number} [wait] */
  #goTo(after, wait = 0) {
    this.#after = after;
    this.#turn++;
    clearTimeout(this.#timer);
    if (this.#shown) this.#timer = setTimeout(() => this.#load(), wait);
  }

  async #load() {
    const turn = this.#turn;
    const params = { limit: PAGE, after: this.#after || undefined, contains: this.search.value || undefined };
    try {
      const answer = await ask("GET", `/${this.name}`, { params });
      if (turn !== this.#turn) return;
      this.#take(answer);
    } catch (error) {
      if (turn !== this.#turn) return;
      write(this.note, error.passing ? "The server cannot be reached; trying again." : error.message);
      this.note.hidden = false;
    }
    this.#timer = setTimeout(() => this.#load(), AGAIN_MILLIS);
  }

  #take(answer) {
    const items = answer[this.name];
    const keys = new Set(items.map((item) => item[this.kind.key]));
    const left = this.#remove(keys);
    for (const [n, item] of items.entries()) {
      const key = item[this.kind.key];
      const row = this.#rows.get(key) ?? this.kind.make();
      this.#rows.set(key, row);
      this.kind.fill(row, item);
      if (this.body.rows[n] !== row) this.body.insertBefore(row, this.body.rows[n] ?? null);
    }
    if (left >= 0) this.#focusNear(left);
    this.#next = answer.next ?? "";
    this.more.disabled = !this.#next;
    this.first.disabled = !this.#after;
    write(this.counted, count(answer.count));
    write(this.note, this.search.value ? "Nothing here has that in its name." : this.kind.none);
    this.note.hidden = items.length > 0;
  }

  /** Before anything is put in: a row that is moved would lose its focus. @param {Set<string>} keys those that stay @returns {number} which row had the focus and went, or -1 */
  #remove(keys) {
    let left = -1;
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      if (row.contains(document.activeElement)) left = row.sectionRowIndex;
      row.remove();
      this.#rows.delete(key);
    }
    return left;
  }

  /** @param {number} place of the row that had the focus */
  #focusNear(place) {
    const row = this.body.rows[Math.min(place, this.body.rows.length - 1)];
    (row?.querySelector("a, button") ?? this.search).focus();
  }
}
