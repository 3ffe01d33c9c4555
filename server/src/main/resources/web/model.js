/** Plays the model: hears questions, publishes its one answer word by word, and stops when it is told to. */
import { connect } from "./sdk/sluice.js";

const WORD_MILLIS = 45;
const ANSWER = `A message is published once. The server appends it to the log of its channel, which gives it a position, and from then on
it is the same message for everybody. Those who are connected get it at once: over a WebSocket, over server-sent events, or as the answer
to a poll that was waiting for it. Those who are slow, or away, are no trouble to anyone, because nothing is queued for them: they have a
position, and when they can read again they read the log from there. That is also why you may close this page in the middle of this
sentence. The words that come meanwhile are kept, and when you are back the page asks for what comes after the last word that it has
seen. If the log no longer holds that, the page is told so, before anything newer. Nothing is lost in silence.`;
const words = ANSWER.split(/(?<=\s)/).map((word) => word.replace(/\s/, " "));

/** @param {string} name the channel of the conversation */
export function runModel(name) {
  const talk = connect(location.origin, { user: "model" }).channel(name);
  let turn = 0;

  /** @param {number} from the word to begin with */
  async function answer(from) {
    const mine = ++turn;
    for (const word of words.slice(from)) {
      await talk.publish({ text: word }, { event: "token" });
      await new Promise((next) => setTimeout(next, WORD_MILLIS));
      if (turn !== mine) return;
    }
    talk.publish(null, { event: "end" });
  }

  talk.subscribe({
    message: ({ event, data }) => {
      if (event === "question") answer(0);
      if (event === "continue") answer(data.from);
    },
    signal: ({ event }) => {
      if (event !== "stop") return;
      turn++;
      talk.publish(null, { event: "stopped" });
    },
  });
}
