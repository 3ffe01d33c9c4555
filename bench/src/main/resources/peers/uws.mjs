// uWebSockets with the two commands the load tool sends; a topic publish is its own fan-out. Arguments: the port; 'bare' for a server that
// adds nothing to the data, where it otherwise writes the same bytes as Sluice does.
import { App } from 'uws-pack';

const bare = process.argv[3] === 'bare';
let offset = 0;

function message(command) {
  return JSON.stringify(bare ? command.data : {
    type: 'message', channel: command.channel, position: `3w5e11264sgsf.${++offset}`,
    time: new Date().toISOString(), event: 'message', data: command.data,
  });
}

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
      app.publish(command.channel, message(command));
      socket.send('{"id":1,"type":"ok"}');
    }
  },
});
app.listen('127.0.0.1', Number(process.argv[2]), (token) => { if (!token) process.exit(1); });
