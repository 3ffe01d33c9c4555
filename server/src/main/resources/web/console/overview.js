/** The first view: what the server does, how long it takes, how it is. Drawn anew with each figure that comes. */
import { Chart } from "./chart.js";
import { byId, clock, count, counted, duration, element, latency, rate, size, sluice, write } from "./page.js";
import { Rates, quantile, sumOf } from "./rates.js";

const MINUTE_MILLIS = 60_000;
const PERCENTILES = [0.5, 0.9, 0.99, 0.999];

/** What a tile is called, what it shows of a point, how that is written, and what stands below it. */
const TILES = [
  {
    title: "Sessions",
    of: ({ figures }) => sumOf(figures.sessions),
    text: count,
    note: ({ figures }) => counted(figures.connections, "connection"),
  },
  {
    title: "Published",
    of: ({ published }) => published,
    text: rate,
    unit: "/s",
    note: ({ figures }) => `${count(figures.total.publications)} since the start`,
  },
  {
    title: "Delivered",
    of: ({ delivered }) => delivered,
    text: rate,
    unit: "/s",
    note: ({ figures }) => `${counted(figures.channels, "channel")} open`,
  },
  {
    title: "Readers behind",
    of: ({ figures }) => figures.behind,
    text: count,
    note: ({ figures }) => (figures.lag > 0 ? `the last by ${counted(figures.lag, "message")}` : "everybody keeps up"),
  },
  {
    title: "Gaps",
    of: ({ gaps }) => gaps,
    text: rate,
    unit: "/s",
    note: ({ figures }) => `${count(figures.total.gaps)} told since the start`,
  },
  {
    title: "Refused",
    of: ({ refused }) => refused,
    text: rate,
    unit: "/s",
    note: ({ figures }) => `${count(sumOf(figures.refusals))} since the start`,
  },
];

const rates = new Rates();
const tiles = TILES.map(tile);
const latencies = new Chart(byId("latency"), [({ publish }) => publish, ({ fanout }) => fanout], latency);

/** Follows the figures from now on, those of the last two minutes included where somebody has looked before. */
export function follow() {
  sluice.channel("figures").subscribe(
    (publication) => {
      const point = rates.push(publication);
      tiles.forEach((draw) => draw(point));
      latencies.draw(rates.points);
      show(point);
    },
    { after: "earliest" },
  );
}

/** When the last figures came, or undefined. */
export const seen = () => rates.last?.at;

function tile({ title, of, text, unit = "", note }) {
  const value = element("b", { className: "number", textContent: "–" });
  const below = element("p", { className: "quiet number", textContent: " " });
  const box = element("div", { className: "chart" });
  byId("tiles").append(element("section", { className: "card tile" }, element("h2", { textContent: title }), value, box, below));
  let pointed;
  const chart = new Chart(box, [of], (top) => text(top) + unit, (point) => {
    pointed = point;
    if (rates.last) display(rates.last);
  });
  const display = (last) => {
    const shown = of(pointed ?? last);
    value.replaceChildren(text(shown), element("small", { textContent: shown === undefined ? "" : unit }));
    write(below, pointed ? `at ${clock(pointed.at)}` : note(last));
  };
  return (last) => {
    chart.draw(rates.points);
    display(last);
  };
}

function show({ at, figures }) {
  const { server, engines } = figures;
  warn(server.draining, engines.filter(({ ailment }) => ailment));
  write(byId("about"), server.draining ? "Draining: new sessions are sent elsewhere" : `figures of ${clock(at)}`);
  write(byId("version"), server.version);
  write(byId("up"), duration(at - Date.parse(server.started)));
  write(byId("signals"), count(figures.total.signals));
  write(byId("replays"), count(figures.total.replays));
  byId("latency-none").hidden = rates.points.some(({ publish, fanout }) => publish !== undefined || fanout !== undefined);
  const earlier = rates.since(at - MINUTE_MILLIS).figures;
  for (const measured of ["publish", "fanout"]) {
    [...byId(measured).cells].slice(1).forEach((cell, n) => {
      write(cell, latency(quantile(earlier[measured], figures[measured], PERCENTILES[n])));
    });
  }
  write(byId("cpu"), server.cpu < 0 ? "–" : `${Math.round(server.cpu * 100)} % of ${server.processors} CPUs`);
  byId("cpu-meter").value = Math.max(0, server.cpu);
  write(byId("heap"), `${size(server.heap_bytes)} of ${size(server.heap_max_bytes)}`);
  byId("heap-meter").value = server.heap_bytes / server.heap_max_bytes;
  list("engines", engines.length, engines.map(({ engine, ailment }) => [engine, ailment ?? "takes publications", ailment ? "bad" : "good"]), health);
  bars("transports", figures.sessions, earlier.sessions);
  bars("refusals", figures.refusals, earlier.refusals);
  bars("disconnects", figures.disconnects, earlier.disconnects);
}

/** Says on every view what an operator would look for first. @param {boolean} draining @param {{engine: string, ailment: string}[]} sick */
function warn(draining, sick) {
  const trouble = byId("trouble");
  const said = sick.map(({ engine }) => `${engine} is sick`);
  write(trouble, [...said, ...(draining ? ["draining"] : [])].join(", "));
  trouble.title = sick.map(({ engine, ailment }) => `${engine}: ${ailment}`).join("\n");
  trouble.classList.toggle("bad", sick.length > 0);
  trouble.hidden = trouble.textContent === "";
}

/** The largest first, each with what the last minute added. */
function bars(id, counts, before) {
  const most = Math.max(1, ...Object.values(counts));
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const added = (name) => counts[name] - (before[name] ?? 0);
  const texts = rows.map(([name, times]) => [name, count(times), added(name) > 0 && id !== "transports" ? `+${count(added(name))}` : "", times / most]);
  list(id, rows.length, texts, bar);
}

/** Fills a list without touching what stays; the element for "nothing" keeps its place in the page. */
function list(id, length, rows, fill) {
  const place = byId(id);
  const empty = place.querySelector(".empty");
  const items = [...place.children].filter((item) => item !== empty);
  if (empty) empty.hidden = length > 0;
  rows.forEach((row, n) => fill(items[n] ?? place.appendChild(element("li")), row));
  items.slice(length).forEach((item) => item.remove());
}

function health(item, [engine, text, state]) {
  if (!item.firstChild) item.append(element("b"), element("span", { className: "quiet" }));
  item.dataset.state = state;
  write(item.children[0], engine);
  write(item.children[1], text);
}

function bar(item, [name, times, added, share]) {
  if (!item.firstChild) {
    item.append(element("span"), element("small", { className: "quiet number" }), element("b", { className: "number" }), element("i"));
  }
  write(item.children[0], name.replaceAll("_", " "));
  write(item.children[1], added);
  write(item.children[2], times);
  item.children[3].style.inlineSize = `${Math.max(1, share * 100)}%`;
}
