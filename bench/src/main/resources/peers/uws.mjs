// uWebSockets with the two commands the load tool sends; a topic publish is its own fan-out. Arguments: the port.
import { App } from 'uws-pack';

let offset = 0;
const app = App();
app.ws('/v1/ws', {
  idleTimeout: 0,
  maxBackpressure: 16 * 1024 * 1024,
  message(socket, bytes) {
    const command = JSON.parse(Buffer.from(bytes).toString());
    if (command.type === 'subscribe') {
      socket.subscribe(command.channel);
      socket.send('{"id":1,"type":"ok"}');
    } else if (command.type === 'publish') {
      app.publish(command.channel, JSON.stringify({
        type: 'message', channel: command.channel, position: `3w5e11264sgsf.${++offset}`,
        time: new Date().toISOString(), event: 'message', data: command.data,
      }));
      socket.send('{"id":1,"type":"ok"}');
    }
  },
});
app.listen('127.0.0.1', Number(process.argv[2]), (token) => { if (!token) process.exit(1); });
