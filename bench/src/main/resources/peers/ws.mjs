// The npm package ws, as most Node servers use it: one send per client. Arguments: the port.
import { WebSocketServer } from 'ws';

let offset = 0;
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
      const message = Buffer.from(JSON.stringify({
        type: 'message', channel: command.channel, position: `3w5e11264sgsf.${++offset}`,
        time: new Date().toISOString(), event: 'message', data: command.data,
      }));
      for (const subscriber of subscribers) subscriber.send(message, { binary: false });
    }
    socket.send('{"id":1,"type":"ok"}');
  });
});
