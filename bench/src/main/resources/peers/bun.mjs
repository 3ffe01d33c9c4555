// Bun's own server with the two commands the load tool sends; a topic publish is its own fan-out. Arguments: the port.
const server = Bun.serve({
  hostname: '127.0.0.1', port: Number(process.argv[2]),
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('', { status: 426 })),
  websocket: {
    idleTimeout: 0, perMessageDeflate: false, backpressureLimit: 16 * 1024 * 1024,
    message(socket, text) {
      const command = JSON.parse(text);
      if (command.type === 'subscribe') socket.subscribe(command.channel);
      else if (command.type === 'publish') server.publish(command.channel, JSON.stringify(command.data));
      socket.send('{"id":1,"type":"ok"}');
    },
  },
});
