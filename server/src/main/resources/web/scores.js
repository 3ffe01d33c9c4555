/** Live scores over server-sent events: the board is what comes of reading the channel from its beginning. */
import { byId, connected, delayOf, element, whilePressed } from "./demo.js";

const MATCHES = [
  ["Riverside", "Harbour"],
  ["Mill Lane", "Old Town"],
  ["Lockside", "Weir Park"],
];
const TICKER_LINES = 50;
const opened = Date.now();

const today = connected({ transports: ["sse", "longpoll", "poll"] }).channel("scores:today");
const rows = MATCHES.map(row);
let scores = MATCHES.map(() => [0, 0]);

today.subscribe({ message: take, gap: () => note("Some goals are no longer in the log") }, { after: "earliest" });

/** @param {import("./sdk/sluice.js").Publication} publication */
function take(publication) {
  const { event, data } = publication;
  if (event === "reset") {
    scores = MATCHES.map(() => [0, 0]);
    byId("ticker").replaceChildren();
    rows.forEach((_, match) => show(match));
  } else if (event === "goal" && scores[data.match]?.[data.side] !== undefined) {
    scores[data.match][data.side]++;
    show(data.match, true);
    note(`${MATCHES[data.match][data.side]} ${scores[data.match].join(" : ")}`, age(publication));
  }
}

/** How long a goal took to get here; those from before this page was opened come from the log. @param {{time: string}} publication */
const age = (publication) => (Date.parse(publication.time) < opened ? "from the log" : `${delayOf(publication)} ms`);

/** @param {number} match @param {boolean} [scored] */
function show(match, scored = false) {
  const row = rows[match];
  row.querySelector(".score").textContent = scores[match].join(" : ");
  row.classList.remove("scored");
  if (scored) requestAnimationFrame(() => row.classList.add("scored"));
}

/** @param {string} text @param {string} [aside] */
function note(text, aside = "") {
  const line = element("li");
  line.append(element("span", "", text), element("span", "quiet number", aside));
  const ticker = byId("ticker");
  ticker.prepend(line);
  while (ticker.children.length > TICKER_LINES) ticker.lastChild.remove();
}

/** @param {string[]} teams @param {number} match */
function row(teams, match) {
  const item = element("li", "match");
  const goals = teams.map((team, side) => {
    const button = element("button", "", "Goal");
    button.setAttribute("aria-label", `Goal for ${team}`);
    button.addEventListener("click", () => goal(match, side));
    return button;
  });
  const [home, away] = teams.map((team) => element("span", "side", team));
  item.append(home, goals[0], element("span", "score number", "0 : 0"), goals[1], away);
  byId("board").append(item);
  return item;
}

/** @param {number} match @param {number} side */
function goal(match, side) {
  today.publish({ match, side }, { event: "goal" });
}

byId("reset").addEventListener("click", () => today.publish(null, { event: "reset" }));
whilePressed(byId("play"), 1200, () => goal(Math.floor(Math.random() * MATCHES.length), Math.floor(Math.random() * 2)));
