// Speaks gRPC-Web text with the grpc-web client, as pages do that read a stream through XMLHttpRequest.
import XMLHttpRequest from 'xhr2';
import { createRegistry, createFileRegistry, fromBinary, toBinary, create } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { readFileSync } from 'node:fs';

globalThis.XMLHttpRequest = XMLHttpRequest;
const { GrpcWebClientBase, MethodDescriptor, MethodType } = (await import('grpc-web')).default;

const [address, descriptors] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
const service = registry.getService('sluice.v1.Hub');
const say = (fact) => console.log(JSON.stringify(fact));

function method(name) {
  const described = service.method[name];
  return new MethodDescriptor(`/sluice.v1.Hub/${described.name}`,
    described.methodKind === 'unary' ? MethodType.UNARY : MethodType.SERVER_STREAMING,
    Object, Object,
    (request) => toBinary(described.input, create(described.input, request)),
    (bytes) => fromBinary(described.output, bytes));
}
const path = (name) => `http://${address}/sluice.v1.Hub/${service.method[name].name}`;
const text = new GrpcWebClientBase({ format: 'text' });
const binary = new GrpcWebClientBase({ format: 'binary' });

const stream = text.serverStreaming(path('subscribe'), { channels: [{ channel: 'peers:text', after: 'earliest' }] }, {}, method('subscribe'));
stream.on('data', ({ event }) => {
  if (event.case === 'subscribed') {
    say({ subscribed: event.value.channels.length });
    binary.rpcCall(path('publish'), { channel: 'peers:text', data: { case: 'json', value: '"hello"' } }, {}, method('publish'), (error, answer) => {
      say(error ? { error: error.message } : { published: answer.position.endsWith('.1') });
    });
  } else if (event.case === 'message') {
    say({ message: JSON.parse(event.value.data.value) });
    stream.cancel();
    text.rpcCall(path('publish'), { channel: '?', data: { case: 'json', value: '1' } }, {}, method('publish'), (error) => {
      say({ refused: error.code });
      process.exit(0);
    });
  }
});
stream.on('error', (error) => say({ error: error.message }));
