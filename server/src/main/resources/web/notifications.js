/** Notifications: a user's own channel, a read marker that counts what is unread, and catching up after time offline. */
import { byId, connected, element, me } from "./demo.js";
import { connect } from "./sdk/sluice.js";

const FIRST = 30;

const sluice = connected();
const inbox = sluice.channel(`user:${me}`);
const sender = connect(location.origin, { user: "shop" });
let read = ""; // how far this user has read, on any page
let newest = "";
let away = 0;
let following = null;
const items = new Map();

/** @param {import("./sdk/sluice.js").Publication} publication */
function show({ position, time, from, data }) {
  const item = element("li", "new");
  const sent = element("time", "quiet", new Date(time).toLocaleTimeString());
  item.append(element("span", "", `${data.text}${from ? ` — ${from}` : ""}`), sent);
  items.set(position, item);
  byId("inbox").prepend(item);
  newest = position;
}

/** The server counts; the page only shows up to where it has been read. */
async function count() {
  const { position, unread } = await inbox.readMarker();
  if (position) read = position;
  let seen = false;
  for (const [at, item] of [...items].reverse()) {
    seen ||= at === read;
    item.classList.toggle("new", !seen);
  }
  byId("unread").textContent = `${unread} new`;
  byId("unread").hidden = unread === 0;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}Notifications · Sluice`;
}

function follow() {
  const since = Date.now();
  following = inbox.subscribe(
    {
      message: (publication) => {
        if (Date.parse(publication.time) < since) away++;
        show(publication);
        if (away > 0) byId("caught").textContent = `${away} came while the inbox was offline.`;
        count();
      },
      signal: ({ event }) => event === "read" && count(), // another page of the same user
      gap: () => (byId("caught").textContent = "Some are no longer in the log."),
    },
    { after: newest },
  );
}

byId("me").textContent = me;
const { messages, position } = await inbox.history({ limit: FIRST });
messages.forEach(show);
newest = position;
follow();
count();

byId("read").addEventListener("click", () => inbox.markRead(newest).then(count));
byId("send").addEventListener("submit", (event) => {
  event.preventDefault();
  sender.direct(me, { text: byId("what").value });
});
byId("offline").addEventListener("click", ({ target }) => {
  const offline = target.getAttribute("aria-pressed") !== "true";
  target.setAttribute("aria-pressed", String(offline));
  byId("caught").textContent = offline ? "Offline: what is sent now waits in the log." : "";
  away = 0;
  if (offline) following.unsubscribe();
  else follow();
});
