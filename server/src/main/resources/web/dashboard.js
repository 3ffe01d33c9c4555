/** A dashboard by short polling: it asks at its own pace, and each question begins where the last answer ended. */
import { byId, connected, element, me, whilePressed } from "./demo.js";
import { connect } from "./sdk/sluice.js";

const KEPT = 60;
const GAUGES = [
  { name: "orders", title: "Orders", unit: "a minute", from: 40, swing: 14 },
  { name: "latency", title: "Answer time", unit: "ms", from: 120, swing: 40 },
  { name: "load", title: "Processor", unit: "%", from: 55, swing: 22 },
  { name: "errors", title: "Errors", unit: "a minute", from: 2, swing: 2 },
];
const CHANNEL = "dashboard:machines";
const SVG = "http://www.w3.org/2000/svg";

const tiles = new Map(GAUGES.map((gauge) => [gauge.name, tile(gauge)]));
let sluice = null;
let position;
let [asked, empty, bytes] = [0, 0, 0];

/** Counts what the poll's answers weigh. */
async function counted(url, init) {
  const response = await fetch(url, init);
  if (url.pathname !== "/v1/messages") return response;
  const body = await response.clone().text();
  bytes += body.length;
  asked++;
  if (body.includes('"messages":[]')) empty++;
  byId("asked").textContent = String(asked);
  byId("empty").textContent = String(empty);
  byId("bytes").textContent = bytes.toLocaleString();
  return response;
}

/** Asks as often as chosen from now on; the position goes along. */
function follow() {
  sluice?.close();
  sluice = connected({ transports: ["poll"], pollMillis: Number(byId("pause").value), runtime: { fetch: counted } });
  sluice.channel(CHANNEL).subscribe(take, { after: position });
}

/** @param {import("./sdk/sluice.js").Publication} publication */
function take(publication) {
  position = publication.position;
  for (const [name, value] of Object.entries(publication.data)) tiles.get(name)?.(value);
}

/** @param {typeof GAUGES[number]} gauge @returns {(value: number) => void} shows one more value */
function tile({ title, unit }) {
  const item = element("li", "card tile");
  const number = element("b", "number", "–");
  const chart = document.createElementNS(SVG, "svg");
  const [area, line] = ["polygon", "polyline"].map((shape) => document.createElementNS(SVG, shape));
  chart.setAttribute("viewBox", `0 0 ${KEPT - 1} 100`);
  chart.setAttribute("preserveAspectRatio", "none");
  chart.setAttribute("aria-hidden", "true");
  chart.append(area, line);
  item.append(element("h2", "", title), number, chart);
  byId("tiles").append(item);
  let values = [];
  return (value) => {
    values = [...values, value].slice(-KEPT);
    const top = Math.max(1, ...values) * 1.1;
    const points = values.map((each, n) => `${KEPT - values.length + n},${100 - (each / top) * 100}`);
    line.setAttribute("points", points.join(" "));
    area.setAttribute("points", `${KEPT - values.length},100 ${points.join(" ")} ${KEPT - 1},100`);
    number.replaceChildren(String(value), element("small", "", ` ${unit}`));
  };
}

const machine = connect(location.origin, { user: me }).channel(CHANNEL);
let minute = 0;
whilePressed(byId("report"), 500, () => {
  minute++;
  const reading = ({ name, from, swing }, n) => {
    const wave = Math.sin(minute / (9 + n * 3)) + (Math.random() - 0.5) * 0.6;
    return [name, Math.max(0, Math.round(from + swing * wave))];
  };
  machine.publish(Object.fromEntries(GAUGES.map(reading)), { event: "reading" });
});

const history = await machine.history({ limit: KEPT });
history.messages.forEach(take);
position = history.position;
follow();
byId("pause").addEventListener("change", follow);
