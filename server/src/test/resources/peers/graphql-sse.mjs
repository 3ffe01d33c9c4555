// Follows a channel with graphql-sse in its distinct connections mode and comes back at a cursor.
import { createClient } from 'graphql-sse';

const [address] = process.argv.slice(2);
const say = (fact) => console.log(JSON.stringify(fact));
const client = createClient({ url: `http://${address}/graphql`, retryAttempts: 0 });
const query = 'subscription($c: [String!]!, $a: String) {messages(channels: $c, after: $a) {position data}}';
const publish = async (data) => {
  const results = client.iterate({
    query: 'mutation($d: JSON!) {publish(channel: "peers:sse", data: $d) {position}}',
    variables: { d: data },
  });
  for await (const { data: done } of results) return done.publish.position;
};

let cursor;
for await (const { data, extensions } of client.iterate({ query, variables: { c: ['peers:sse'] } })) {
  if (data.messages === null) {
    cursor = extensions.cursor;
    say({ start: cursor.endsWith('.0') });
    await publish('one');
    await publish({ two: 2 });
  } else {
    say({ message: data.messages.data });
    if (data.messages.position.endsWith('.2')) break;
  }
}
for await (const { data } of client.iterate({ query, variables: { c: ['peers:sse'], a: cursor } })) {
  if (data.messages) {
    say({ again: data.messages.data });
    break;
  }
}
for await (const { errors } of client.iterate({ query: '{nonsense}' })) {
  say({ invalid: errors[0].extensions.code });
}
for await (const { errors } of client.iterate({ query, variables: { c: ['not a name!'] } })) {
  say({ refused: errors[0].extensions.code });
}
client.dispose();
process.exit(0);
