// Takes deliveries and signs a hook's call with the library of Standard Webhooks: node webhooks.mjs <edge url> <secret>
import http from 'node:http';
import { Webhook } from 'standardwebhooks';

const [edge, secret] = process.argv.slice(2);
const library = new Webhook(secret);
let answers = [500, 200, 200];

const print = (line) => console.log(JSON.stringify(line));
const call = async (method, path, body, headers = {}) => {
  const response = await fetch(edge + path, {
    method,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return response.status;
};

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8');
    let verified;
    try {
      verified = library.verify(body, request.headers);
    } catch (refused) {
      print({ refused: refused.message });
    }
    const status = answers.shift() ?? 200;
    print({ took: verified?.data, event: verified?.event, status });
    response.writeHead(status).end();
    if (answers.length === 0) {
      hook();
    }
  });
});

async function hook() {
  const body = JSON.stringify({ type: 'user.created', name: 'Zoë' });
  const id = 'msg_from_node';
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': Math.floor(now.getTime() / 1000).toString(),
    'webhook-signature': library.sign(id, now, body),
  };
  print({ hook: await call('POST', '/v1/hooks/node', body, headers) });
  print({ forged: await call('POST', '/v1/hooks/node', body.replace('Zoë', 'Eve'), headers) });
  server.close();
  server.closeAllConnections();
}

server.listen(0, '127.0.0.1', async () => {
  const definition = {
    channels: ['node'],
    url: `http://127.0.0.1:${server.address().port}/take`,
    secrets: [secret],
  };
  print({ made: await call('PUT', '/v1/webhooks/node', JSON.stringify(definition)) });
  await call('POST', '/v1/channels/node/messages', JSON.stringify({ text: 'grüße 😀' }));
  await call('POST', '/v1/channels/node/messages', '2', { 'sluice-event': 'tick' });
});
