// Echoes messages of many sizes through permessage-deflate as several clients offer it: prints one JSON line for each offer.
import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';

const [address] = process.argv.slice(2);
const sizes = [0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072];
const offers = [
  {},
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true },
  { clientMaxWindowBits: 9 },
  { clientMaxWindowBits: 15 },
  { serverMaxWindowBits: 15 },
  { serverMaxWindowBits: 9 },
  { clientNoContextTakeover: true, serverNoContextTakeover: true, clientMaxWindowBits: 9 },
];

const messages = sizes.flatMap((size) => [
  JSON.stringify({ text: 'grüße 😀 '.repeat(size / 16), size }),
  'x'.repeat(size),
  randomBytes(size),
]);

for (const offer of offers) {
  const socket = new WebSocket(`ws://${address}/v1/echo`, { perMessageDeflate: { threshold: 0, ...offer } });
  await new Promise((open, failed) => socket.once('open', open).once('error', failed));
  let same = 0;
  for (const message of messages) {
    const answer = new Promise((come) => socket.once('message', (data, binary) => come({ data, binary })));
    socket.send(message);
    const { data, binary } = await answer;
    same += binary === Buffer.isBuffer(message) && data.equals(Buffer.from(message)) ? 1 : 0;
  }
  console.log(JSON.stringify({ offer, agreed: socket.extensions, same }));
  socket.close();
}
