/**
 * A document that many write at once. Yjs makes and merges the updates; to the server they are bytes in an ordered log. A late
 * joiner applies the newest snapshot and then the log after it; cursors are signals, because nobody needs the old ones.
 */
import { byId, connected, element, hueOf, me } from "./demo.js";

const SNAPSHOT_EVERY = 100;
const CURSOR_EVERY_MILLIS = 60;

const Y = await import("./lib/yjs.js").catch(() => null);
if (!Y) {
  byId("text").value = "This demo needs Yjs, which the build takes from npm. Install Node, remove server/target and start again.";
  throw new Error("Yjs is not in this build");
}
const name = new URLSearchParams(location.search).get("doc") ?? "notes";
const log = connected().channel(`doc:${name}`);
const snapshots = log.client.channel(`doc:${name}.snapshots`);
const doc = new Y.Doc();
const text = doc.getText("notes");
const area = byId("text");
const others = new Map(); // user -> relative position of the cursor
let mine = [0, 0];
let sinceSnapshot = 0;
let newestSnapshot;
let bytes = 0;
let count = 0;
let cursorTimer = 0;

/* What is typed here becomes updates; what was typed while one was on its way goes with the next. */

let unsent = [];
let sending = false;
doc.on("update", async (update, origin) => {
  if (origin === log) return;
  unsent.push(update);
  if (sending) return;
  sending = true;
  while (unsent.length > 0) await log.publish(Y.mergeUpdates(unsent.splice(0)), { event: "update" });
  sending = false;
});

area.addEventListener("input", () => {
  const [old, now] = [text.toString(), area.value];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  doc.transact(() => {
    text.delete(start, old.length - start - end);
    text.insert(start, now.slice(start, now.length - end));
  });
  draw();
});

/* What comes from the log is applied, this page's own too: applying twice changes nothing. */

function take({ data, position, from }) {
  Y.applyUpdate(doc, data, log);
  bytes += data.length;
  byId("updates").textContent = String(++count);
  byId("bytes").textContent = String(bytes);
  byId("cursor").textContent = position;
  if (++sinceSnapshot < SNAPSHOT_EVERY || from !== me) return;
  sinceSnapshot = 0;
  const state = Y.encodeStateAsUpdate(doc);
  const kept = snapshots.publish(state, { headers: { after: position }, ifNewest: newestSnapshot });
  kept.then((receipt) => (newestSnapshot = receipt.position), () => {}); // another page was faster
}

text.observe(({ transaction }) => {
  if (transaction.origin !== log) return;
  const [from, to] = mine.map(indexOf);
  area.value = text.toString();
  if (document.activeElement === area) area.setSelectionRange(from, to);
  draw();
});

/* Cursors: positions in the document that stay where they are, whatever others type before them. */

const relative = (index) => Y.createRelativePositionFromTypeIndex(text, index);
const indexOf = (at) => (typeof at === "number" ? at : (Y.createAbsolutePositionFromRelativePosition(at, doc)?.index ?? 0));

document.addEventListener("selectionchange", () => {
  if (document.activeElement !== area) return;
  mine = [relative(area.selectionStart), relative(area.selectionEnd)];
  cursorTimer ||= setTimeout(() => {
    cursorTimer = 0;
    log.signal("cursor", Y.relativePositionToJSON(mine[1])).catch(() => {});
  }, CURSOR_EVERY_MILLIS);
});

function draw() {
  const marks = [...others].map(([user, at]) => ({ user, index: indexOf(at) })).sort((a, b) => a.index - b.index);
  const mirror = byId("mirror");
  mirror.replaceChildren();
  let from = 0;
  for (const { user, index } of marks) {
    const mark = element("span");
    mark.dataset.user = user;
    mark.style.setProperty("--hue", hueOf(user));
    mirror.append(area.value.slice(from, index), mark);
    from = index;
  }
  mirror.append(`${area.value.slice(from)}\n`);
  mirror.scrollTop = area.scrollTop;
}
area.addEventListener("scroll", () => (byId("mirror").scrollTop = area.scrollTop));

async function people() {
  const { users } = await log.presence();
  const shown = users.map(({ id }) => {
    const item = element("li", "", id === me ? `${id} (you)` : id);
    item.style.setProperty("--hue", hueOf(id));
    return item;
  });
  byId("people").replaceChildren(...shown);
}

/* Joining: the newest snapshot, then the log after it. */

const [snapshot] = (await snapshots.history({ limit: 1 })).messages;
if (snapshot) {
  newestSnapshot = snapshot.position;
  Y.applyUpdate(doc, snapshot.data, log);
}
byId("origin").textContent = snapshot ? `a snapshot of ${snapshot.data.length} bytes` : "the beginning";
log.subscribe(
  {
    message: take,
    signal: ({ event, from, data }) => {
      if (event !== "cursor" || from === me) return;
      others.set(from, Y.createRelativePositionFromJSON(data));
      draw();
    },
    presence: ({ event, user }) => {
      if (event === "leave") others.delete(user);
      draw();
      people();
    },
  },
  { after: snapshot?.headers.after ?? "earliest" },
);
log.client.onState(({ name }) => name === "live" && people());
area.disabled = false;
