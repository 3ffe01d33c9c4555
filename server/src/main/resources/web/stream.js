/**
 * Token streaming: what a model says is published word by word, so that it can be stopped, gone on with, and read by a page
 * that was away. The model of this demo is a script with one answer (model.js); to the reader it could be anywhere.
 */
import { byId, connected, delayOf, me } from "./demo.js";
import { runModel } from "./model.js";

const PAGE = 1000;

const talk = connected({ transports: ["sse", "longpoll", "poll"] }).channel(`answers:${me}`);
let position = "latest";
let tokens = 0;
let following = null;

/** @param {import("./sdk/sluice.js").Publication} publication */
function take(publication) {
  const { event, data } = publication;
  position = publication.position;
  if (event === "question") {
    tokens = 0;
    byId("answer").textContent = "";
  } else if (event === "token") {
    tokens++;
    byId("answer").append(data.text);
    byId("delay").textContent = `${delayOf(publication)} ms`;
  }
  byId("tokens").textContent = String(tokens);
  show(event);
}

/** @param {string} event the last one; `unfinished` where nobody is answering any more */
function show(event) {
  const running = ["question", "token", "continue"].includes(event);
  byId("answer").classList.toggle("running", running);
  byId("stop").disabled = !running;
  byId("more").disabled = running || event === "end" || tokens === 0;
}

const read = () => (following = talk.subscribe(take, { after: position }));

const history = await talk.history({ limit: PAGE });
history.messages.forEach(take);
position = history.position;
show(history.messages.at(-1)?.event === "end" ? "end" : "unfinished");
read();
runModel(talk.name);

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  talk.publish({ text: byId("question").value }, { event: "question" });
});
byId("stop").addEventListener("click", () => talk.signal("stop"));
byId("more").addEventListener("click", () => talk.publish({ from: tokens }, { event: "continue" }));
byId("pause").addEventListener("click", ({ target }) => {
  const pause = target.getAttribute("aria-pressed") !== "true";
  target.setAttribute("aria-pressed", String(pause));
  target.textContent = pause ? "Read on" : "Stop reading";
  if (pause) following.unsubscribe();
  else read();
});
