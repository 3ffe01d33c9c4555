/** The channels that are open; each leads to what it holds. */
import { Listing } from "./listing.js";
import { byId, count, element, write } from "./page.js";

/** @param {string} name */
const addressOf = (name) => `#/channels/${encodeURIComponent(name)}`;

export const channels = new Listing("channels", {
  key: "channel",
  none: "No channel is open. One opens when somebody reads it or publishes to it.",
  make() {
    const labels = ["Channel", "Readers", "Behind", "Messages held", "Newest position"];
    const cells = labels.map((label, n) => {
      const made = element("td", { className: ["strong", "number right", "number right", "number right", "code"][n] });
      made.dataset.label = label;
      return made;
    });
    cells[0].append(element("a"));
    return element("tr", {}, ...cells);
  },
  fill(row, { channel, subscribers, behind, messages, newest }) {
    const link = row.querySelector("a");
    write(link, channel);
    link.href = addressOf(channel);
    [count(subscribers), count(behind), count(messages), newest].forEach((text, n) => write(row.cells[n + 1], text));
  },
});

byId("open").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = addressOf(byId("open-name").value);
});
