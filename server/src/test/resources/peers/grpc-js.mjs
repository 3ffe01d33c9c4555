// Follows a channel and publishes to it with @grpc/grpc-js: prints one JSON line per fact for the test to read.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { readFileSync } from 'node:fs';

const [address, descriptors] = process.argv.slice(2);
const definition = loader.loadFileDescriptorSetFromBuffer(readFileSync(descriptors), { longs: Number, oneofs: true });
const { sluice, grpc: standard } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createInsecure();
const hub = new sluice.v1.Hub(address, credentials);
const say = (fact) => console.log(JSON.stringify(fact));

const call = hub.subscribe({ channels: [{ channel: 'peers:js', after: 'earliest' }] });
call.on('data', (response) => {
  if (response.event === 'subscribed') {
    say({ subscribed: response.subscribed.channels.map((c) => c.channel) });
    hub.publish({ channel: 'peers:js', json: '"from js"' }, (error, answer) => {
      if (error) throw error;
      say({ published: answer.position.endsWith('.1') });
    });
  } else if (response.event === 'message') {
    say({ message: JSON.parse(response.message.json) });
    call.cancel();
  }
});
call.on('error', (error) => {
  say({ ended: error.code === grpc.status.CANCELLED });
  hub.publish({ channel: '?', json: '1' }, (refused) => {
    say({ refused: refused.code === grpc.status.INVALID_ARGUMENT, details: refused.metadata.get('grpc-status-details-bin').length });
    const health = new standard.health.v1.Health(address, credentials);
    health.check({ service: '' }, (broken, answer) => {
      if (broken) throw broken;
      say({ health: answer.status });
      connect();
    });
  });
});

/** A bidirectional call, compressed both ways. */
function connect() {
  const both = hub.connect({ }, { 'grpc.default_compression_algorithm': 2 });
  both.on('data', (response) => {
    if (response.event === 'welcome') {
      both.write({ id: 7, ping: {} });
    } else if (response.event === 'reply') {
      say({ pong: response.reply.id });
      both.end();
    }
  });
  both.on('end', () => hub.close());
}
