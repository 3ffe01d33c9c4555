// The npm package ws, as most Node servers use it: one send per client. Arguments: the port; 'bare' for a server that
// adds nothing to the data, where it otherwise writes the same bytes as Sluice does.
import { WebSocketServer } from 'ws';

const bare = process.argv[3] === 'bare';
let offset = 0;

function message(command) {
  return JSON.stringify(bare ? command.data : {
    type: 'message', channel: command.channel, position: `3w5e11264sgsf.${++offset}`,
    time: new Date().toISOString(), event: 'message', data: command.data,
  });
}

const channels = new Map();
const server = new WebSocketServer({
  host: '127.0.0.1', port: Number(process.argv[2]), backlog: 1024, perMessageDeflate: false,
  handleProtocols: (offered) => offered.values().next().value,
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (bytes) => {
    const command = JSON.parse(bytes.toString());
    if (!channels.has(command.channel)) channels.set(command.channel, new Set());
    const subscribers = channels.get(command.channel);
    if (command.type === 'subscribe') {
      subscribers.add(socket);
      socket.on('close', () => subscribers.delete(socket));
    } else if (command.type === 'publish') {
      const encoded = Buffer.from(message(command));
      for (const subscriber of subscribers) subscriber.send(encoded, { binary: false });
    }
    socket.send('{"id":1,"type":"ok"}');
  });
});
