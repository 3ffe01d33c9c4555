// Queries, publishes, follows and persists queries with Apollo Client: HTTP, graphql-ws and its persisted query link.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createClient } from 'graphql-ws';
import { createHash } from 'node:crypto';
import WebSocket from 'ws';

const [address] = process.argv.slice(2);
const say = (fact) => console.log(JSON.stringify(fact));
const uri = `http://${address}/graphql`;
const socket = createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
const asked = [];
const fetcher = (...call) => {
  asked.push(call[1].method);
  return fetch(...call);
};
const http = new PersistedQueryLink({
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  useGETForHashedQueries: true,
}).concat(new HttpLink({ uri, fetch: fetcher }));
const link = ApolloLink.split(
  ({ operationType }) => operationType === 'subscription',
  new GraphQLWsLink(socket),
  http,
);
const client = new ApolloClient({ link, cache: new InMemoryCache() });

const query = gql`
  query History($name: String!) {
    channel(name: $name) {
      name
      history(first: 5) {
        edges {
          cursor
          node {
            position
            data
          }
        }
      }
    }
  }
`;
const follow = gql`
  subscription Follow($channels: [String!]!) {
    messages(channels: $channels) {
      position
      data
    }
  }
`;
const publish = gql`
  mutation Publish($data: JSON!) {
    publish(channel: "peers:apollo", data: $data) {
      position
    }
  }
`;

const message = new Promise((done) => {
  const subscription = client.subscribe({ query: follow, variables: { channels: ['peers:apollo'] } }).subscribe({
    next: async ({ data, extensions }) => {
      if (data.messages === null) {
        say({ start: extensions.cursor.endsWith('.0') });
        const published = await client.mutate({ mutation: publish, variables: { data: { text: 'hello' } } });
        say({ published: published.data.publish.position.endsWith('.1') });
      } else {
        subscription.unsubscribe();
        done(data.messages.data);
      }
    },
    error: (error) => done(String(error)),
  });
});
say({ message: await message });
for (let i = 0; i < 2; i += 1) {
  asked.length = 0;
  const { data } = await client.query({ query, variables: { name: 'peers:apollo' }, fetchPolicy: 'network-only' });
  say({ history: data.channel.history.edges.map((edge) => edge.node.data.text), asked: [...asked] });
}
client.stop();
await socket.dispose();
process.exit(0);
