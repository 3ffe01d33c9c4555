// Follows a channel with the eventsource package, as browsers do it: what comes, and where it goes on after it was cut off.
import { EventSource } from 'eventsource';

const [address] = process.argv.slice(2);
const publish = (data) =>
  fetch(`http://${address}/v1/channels/es/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
const opened = [];
let cut = () => {};

// The response as it comes, until it is cut: what a network does.
async function cuttable(url, init) {
  opened.push(init.headers['Last-Event-ID'] ? 'resumed' : 'new');
  const response = await fetch(url, init);
  const reader = response.body.getReader();
  const ended = new Promise((end) => (cut = () => end({ done: true })));
  const body = new ReadableStream({
    async pull(to) {
      const { done, value } = await Promise.race([reader.read(), ended]);
      if (done) {
        to.close();
        reader.cancel();
      } else {
        to.enqueue(value);
      }
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

const source = new EventSource(`http://${address}/v1/events?channel=es`, { fetch: cuttable });
const next = () => new Promise((come) => source.addEventListener('message', come, { once: true }));
await new Promise((open) => source.addEventListener('open', open, { once: true }));
const first = next();
await publish('one');
console.log(JSON.stringify({ message: JSON.parse((await first).data).data }));
const second = next();
cut();
await publish('two');
const event = await second;
console.log(JSON.stringify({ message: JSON.parse(event.data).data, id: event.lastEventId.includes('.'), opened }));
source.close();
process.exit(0);
