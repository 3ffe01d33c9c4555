// Follows a channel with graphql-ws: two subscriptions on one connection, publishing in between, coming back at a cursor.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [address] = process.argv.slice(2);
const say = (fact) => console.log(JSON.stringify(fact));
const connect = (options) =>
  createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
const query = 'subscription($c: [String!]!, $a: String) {messages(channels: $c, after: $a) {position data}}';
const publish = (client, data) =>
  new Promise((done, failed) => {
    let result;
    client.subscribe(
      { query: 'mutation($d: JSON!) {publish(channel: "peers:ws", data: $d) {position}}', variables: { d: data } },
      { next: (next) => (result = next), error: failed, complete: () => done(result.data.publish.position) },
    );
  });

const first = connect({});
let start;
for await (const { data, extensions } of first.iterate({ query, variables: { c: ['peers:ws'] } })) {
  if (data.messages === null) {
    start = extensions.cursor;
    say({ start: start.endsWith('.0') });
    await publish(first, 'one');
    await publish(first, { two: 2 });
  } else {
    say({ message: data.messages.data });
    if (data.messages.position.endsWith('.2')) break; // completes this one operation
  }
}
const again = first.iterate({ query, variables: { c: ['peers:ws'], a: start } });
await again.next();
say({ again: (await again.next()).value.data.messages.data });
await again.return();

let refused;
await new Promise((done) =>
  first.subscribe(
    { query, variables: { c: ['not a name!'] } },
    { next: () => {}, error: (errors) => done((refused = errors)), complete: done },
  ),
);
say({ refused: refused[0].extensions.code });
await first.dispose();

const impatient = connect({ lazy: false, onNonLazyError: () => {}, keepAlive: 50, on: { pong: (received) => received && say2() } });
let pongs = 0;
let enough;
const two = new Promise((done) => (enough = done));
const say2 = () => {
  pongs += 1;
  if (pongs === 2) enough();
};
await two;
say({ pongs: true });
await impatient.dispose();
process.exit(0);
