/**
 * What the client takes from where it runs; tests bring their own.
 *
 * @typedef {object} Runtime
 * @property {() => number} now
 * @property {() => number} random from 0 to 1
 * @property {(run: () => void, millis: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {(url: URL, init?: RequestInit) => Promise<Response>} fetch
 * @property {typeof globalThis.WebSocket | undefined} WebSocket
 * @property {Storage | null} storage
 * @property {() => boolean} isOffline what the browser says; only a hint, since loopback works without a network
 * @property {() => boolean} isHidden
 * @property {(changed: (event: "online" | "offline" | "visible" | "hidden") => void) => () => void} watch gives what ends it
 * @property {(error: unknown) => void} report takes what a handler threw
 */

/** @param {Partial<Runtime>} [replaced] @returns {Runtime} */
export function runtime(replaced = {}) {
  const { document, navigator } = globalThis;
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (run, millis) => setTimeout(run, millis),
    clearTimeout: (timer) => clearTimeout(timer),
    fetch: (url, init) => fetch(url, init),
    WebSocket: globalThis.WebSocket,
    storage: document ? browserStorage() : null,
    isOffline: () => navigator?.onLine === false,
    isHidden: () => document?.visibilityState === "hidden",
    watch: document ? watchPage : () => () => {},
    report: (error) => (globalThis.reportError ?? console.error)(error),
    ...replaced,
  };
}

/** @param {Parameters<Runtime["watch"]>[0]} changed */
function watchPage(changed) {
  const ended = new AbortController();
  const online = () => changed("online");
  const offline = () => changed("offline");
  const visibility = () => changed(document.visibilityState === "hidden" ? "hidden" : "visible");
  addEventListener("online", online, { signal: ended.signal });
  addEventListener("offline", offline, { signal: ended.signal });
  document.addEventListener("visibilitychange", visibility, { signal: ended.signal });
  return () => ended.abort();
}

/** A page may be forbidden to store anything; reading the property throws then. */
function browserStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
