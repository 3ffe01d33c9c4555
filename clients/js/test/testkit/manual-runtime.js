/** A runtime whose time, storage, network and page are the test's. */
export class ManualRuntime {
  #now = 1_000_000;
  #timers = new Map();
  #lastTimer = 0;
  #watchers = new Set();
  offline = false;
  hidden = false;
  reported = [];
  requests = [];
  WebSocket = undefined;
  /** What the next `random()` gives. */
  luck = 0.5;

  constructor({ answer = () => new Response("{}", { status: 200 }), storage = new Storage() } = {}) {
    this.answer = answer;
    this.storage = storage;
  }

  now = () => this.#now;
  random = () => this.luck;
  isOffline = () => this.offline;
  isHidden = () => this.hidden;
  report = (error) => this.reported.push(error);

  setTimeout = (run, millis) => {
    this.#timers.set(++this.#lastTimer, { at: this.#now + millis, run });
    return this.#lastTimer;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  fetch = async (url, init) => {
    this.requests.push({ url, ...init });
    const answer = await this.answer(url, init, this.requests.length);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  watch = (watcher) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Something happens to the page. */
  happens(event) {
    for (const watcher of this.#watchers) watcher(event);
  }

  /** How long until the next timer; undefined without one. */
  get nextMillis() {
    const times = [...this.#timers.values()].map(({ at }) => at - this.#now);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Lets time pass, timers in order, and everything settle that follows from each. */
  async advance(millis) {
    const end = this.#now + millis;
    await settled();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!due) break;
      const [id, { at, run }] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      run();
      await settled();
    }
    this.#now = end;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
}

/** As the browser's, in memory; a shared one stands for a reload. */
export class Storage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** A refusal as the server gives it. */
export function problem(status, code, headers = {}) {
  const body = JSON.stringify({ type: `urn:sluice:problem:${code}`, title: code, status });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

/** A JSON answer. */
export function json(body, status = 200) {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
