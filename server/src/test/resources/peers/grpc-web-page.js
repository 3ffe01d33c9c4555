// Runs in a page: speaks gRPC-Web text (a stream, read as it comes) and binary (unary) with the grpc-web client.
async ({ subscribe, publish, wrong }) => {
  const { GrpcWebClientBase, MethodDescriptor, MethodType } = await import('/grpc-web.mjs');
  const text = new GrpcWebClientBase({ format: 'text' });
  const binary = new GrpcWebClientBase({ format: 'binary' });
  const method = (name, type) => new MethodDescriptor(`/sluice.v1.Hub/${name}`, type, Object, Object,
    (request) => Uint8Array.from(request), (bytes) => new TextDecoder('latin1').decode(bytes));
  const path = (name) => `${location.origin}/sluice.v1.Hub/${name}`;
  const call = (client, bytes) => new Promise((resolve) => client.rpcCall(
    path('Publish'), bytes, {}, method('Publish', MethodType.UNARY),
    (error, answer) => resolve(error ? `error ${error.code}` : answer)));

  const facts = [];
  const stream = text.serverStreaming(path('Subscribe'), subscribe, {}, method('Subscribe', MethodType.SERVER_STREAMING));
  const responses = [];
  const waiting = [];
  stream.on('data', (response) => waiting.length > 0 ? waiting.shift()(response) : responses.push(response));
  stream.on('error', (error) => waiting.forEach((resolve) => resolve(`error ${error.message}`)));
  const next = () => responses.length > 0 ? responses.shift() : new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(() => resolve('nothing came'), 20000);
  });

  facts.push(await next());
  facts.push(await call(binary, publish));
  facts.push(await next());
  stream.cancel();
  facts.push(await call(text, wrong));
  return facts;
}
