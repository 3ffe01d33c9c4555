/** Who is connected, and cutting one. */
import { Listing } from "./listing.js";
import { ask, byId, clock, count, duration, element, tell, write } from "./page.js";

const dialog = byId("cut");
/** The session that the dialog asks about. */
let asked;

export const sessions = new Listing("sessions", {
  key: "id",
  none: "Nobody is connected.",
  make() {
    const cell = (label, className = "") => {
      const made = element("td", { className });
      made.dataset.label = label;
      return made;
    };
    const button = element("button", { type: "button", className: "small", textContent: "Cut" });
    const row = element(
      "tr",
      {},
      cell("User", "strong"),
      cell("Transport"),
      cell("Channels", "number right"),
      cell("Connected for", "number right"),
      cell("Session", "code"),
      element("td", { className: "right" }, button),
    );
    button.addEventListener("click", () => askFirst(row));
    return row;
  },
  fill(row, { id, user, transport, subscriptions, since }) {
    const texts = [user ?? "anonymous", transport, count(subscriptions), duration(Date.now() - Date.parse(since)), id];
    texts.forEach((text, n) => write(row.cells[n], text));
    row.cells[3].title = `since ${clock(since)}`;
    row.dataset.id = id;
    row.querySelector("button").ariaLabel = `Cut session ${id} of ${texts[0]}`;
  },
});

/** Asks whether it is meant. */
function askFirst(row) {
  asked = row.dataset.id;
  const [user, transport] = row.cells;
  byId("cut-what").textContent = `${user.textContent} over ${transport.textContent}, session ${asked}`;
  dialog.showModal();
}

byId("cut-no").addEventListener("click", () => dialog.close());
byId("cut-yes").addEventListener("click", async () => {
  dialog.close();
  try {
    const headers = { "Content-Type": "application/json" };
    const { sessions: cut } = await ask("POST", "/revoke", { headers, body: JSON.stringify({ session: asked }) });
    tell(cut > 0 ? `Session ${asked} was cut.` : `Session ${asked} had ended already.`);
  } catch (error) {
    tell(`The session was not cut: ${error.message}`, true);
  }
  sessions.refresh();
});
