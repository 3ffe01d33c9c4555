// socket.io with rooms, over WebSocket only. Arguments: the port; 'recover' for connection state recovery.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'], perMessageDeflate: false, serveClient: false,
  connectionStateRecovery: process.argv[3] === 'recover' ? {} : undefined,
});
io.on('connection', (socket) => {
  socket.on('subscribe', (channel, done) => { socket.join(channel); done(); });
  socket.on('publish', (channel, data) => { io.to(channel).emit('message', data); });
});
http.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 1024 });
