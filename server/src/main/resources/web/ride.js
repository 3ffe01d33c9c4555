/** Ride tracking: the driver's side publishes positions, the rider's side moves the car on its map. */
import { byId, connected, delayOf, whilePressed } from "./demo.js";

const CORNERS = [[100, 0], [100, 200], [200, 200], [200, 300], [400, 300], [400, 100], [500, 100], [500, 200]];
const STEP = 20;
const STEP_MILLIS = 450;
const TRAIL = 24;

/** The whole way, a position every few metres. */
const way = CORNERS.slice(1).flatMap(([toX, toY], leg) => {
  const [fromX, fromY] = CORNERS[leg];
  const steps = Math.hypot(toX - fromX, toY - fromY) / STEP;
  const turn = (Math.atan2(toY - fromY, toX - fromX) * 180) / Math.PI;
  const along = (n) => ({ x: fromX + ((toX - fromX) * n) / steps, y: fromY + ((toY - fromY) * n) / steps, turn });
  return Array.from({ length: steps }, (_, n) => along(n + 1));
});

const ride = connected().channel("ride:42");
let trail = [];
let at = 0;
let count = 0;

/** @param {import("./sdk/sluice.js").Publication} publication */
function move(publication) {
  const { x, y, turn, left } = publication.data;
  const last = trail.at(-1);
  if (last && Math.hypot(last.x - x, last.y - y) > STEP * 2) trail = []; // another ride
  trail = [...trail, { x, y }].slice(-TRAIL);
  at = way.length - left;
  byId("trail").setAttribute("points", trail.map((point) => `${point.x},${point.y}`).join(" "));
  byId("car").style.transform = `translate(${x}px, ${y}px) rotate(${turn}deg)`;
  byId("car").removeAttribute("hidden");
  byId("eta").textContent = left === 0 ? "it is here" : `${Math.ceil((left * STEP_MILLIS) / 1000)} s`;
  byId("count").textContent = String(++count);
}

function drive() {
  const next = at % way.length;
  ride.publish({ ...way[next], left: way.length - next - 1 }, { event: "position" });
  at = next + 1;
}

const { messages, position } = await ride.history({ limit: TRAIL });
messages.forEach(move);
ride.subscribe(
  (publication) => {
    move(publication);
    byId("delay").textContent = `${delayOf(publication)} ms`;
  },
  { after: position },
);
byId("step").addEventListener("click", drive);
whilePressed(byId("drive"), STEP_MILLIS, drive);
