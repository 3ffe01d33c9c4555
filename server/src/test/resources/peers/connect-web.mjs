// Speaks gRPC-Web with @connectrpc/connect-web (fetch, HTTP/1.1) and with connect-node over HTTP/2.
import { createClient, ConnectError, Code } from '@connectrpc/connect';
import { createGrpcWebTransport as web } from '@connectrpc/connect-web';
import { createGrpcWebTransport as node, createGrpcTransport as native } from '@connectrpc/connect-node';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { readFileSync } from 'node:fs';

const [address, descriptors] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
const service = registry.getService('sluice.v1.Hub');
const baseUrl = `http://${address}`;
const say = (fact) => console.log(JSON.stringify(fact));

for (const [name, transport] of Object.entries({
  web: web({ baseUrl }),
  'node-1.1': node({ baseUrl, httpVersion: '1.1' }),
  'node-2': node({ baseUrl, httpVersion: '2' }),
  native: native({ baseUrl }),
})) {
  const hub = createClient(service, transport);
  const channel = `peers:${name}`;
  const stop = new AbortController();
  try {
    for await (const { event } of hub.subscribe({ channels: [{ channel, after: 'earliest' }] }, { signal: stop.signal })) {
      if (event.case === 'subscribed') {
        const answer = await hub.publish({ channel, data: { case: 'json', value: '"hello"' } });
        say({ name, published: answer.position.endsWith('.1') });
      } else if (event.case === 'message') {
        say({ name, message: JSON.parse(event.value.data.value) });
        stop.abort();
      }
    }
  } catch (error) {
    say({ name, ended: ConnectError.from(error).code === Code.Canceled });
  }
  try {
    await hub.publish({ channel: '?', data: { case: 'json', value: '1' } });
  } catch (error) {
    say({ name, refused: ConnectError.from(error).code === Code.InvalidArgument });
  }
}
process.exit(0);
