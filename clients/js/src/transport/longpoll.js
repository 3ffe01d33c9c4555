import { PollingLink } from "./polling.js";

/** The server answers as soon as there is something, at the latest after this. */
const WAIT_SECONDS = 25;

/** @type {import("../transports.js").Transport} */
export const longpoll = {
  name: "longpoll",
  label: "Long poll",
  pushes: false,
  isAvailable: () => true,
  open: (host) => new PollingLink(host, { waitSeconds: WAIT_SECONDS, pauseMillis: () => 0 }),
};
