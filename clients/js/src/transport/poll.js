import { PollingLink } from "./polling.js";

/** How much less often a page asks that nobody sees. */
const HIDDEN = 10;

/** @type {import("../transports.js").Transport} */
export const poll = {
  name: "poll",
  label: "Short poll",
  pushes: false,
  isAvailable: () => true,
  open: (host) => {
    const pauseMillis = () => host.pollMillis * (host.runtime.isHidden() ? HIDDEN : 1);
    return new PollingLink(host, { waitSeconds: 0, pauseMillis });
  },
};
