package io.sluice.bench.compare;

import io.sluice.bench.Deliveries;
import io.sluice.bench.Dialect;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.NpmScript;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import io.sluice.bench.Stamp;
import io.sluice.bench.WebSocketDialect;
import java.io.IOException;
import java.nio.ByteBuffer;

/** socket.io over WebSocket. Returning readers use its connection state recovery. */
final class SocketIoPeer implements Peer {
    private static final NpmScript SCRIPT = new NpmScript("socketio", "socket.io", "4.8.4");

    @Override
    public String name() {
        return "socket.io";
    }

    @Override
    public String what(Servers servers) {
        return SCRIPT.exactly()
                + ", WebSocket only, no compression, a room; connection state recovery for those that return";
    }

    @Override
    public String promise() {
        return "resumes with connection state recovery, for 2 minutes and while the process lives; else nothing";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        return SCRIPT.start(servers.peers(), ServerProcess.freePort(), returning ? "recover" : "");
    }

    @Override
    public Dialect reader(Reading reading) {
        return new Client(reading, true);
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return new Client(new Reading(host, channel, new Deliveries()), false);
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        publisher.sendFrame("42[\"publish\",\"" + channel + "\"," + data + "]");
    }

    @Override
    public double pauseSeconds(int failures, double random) {
        return Math.min(5, 1 << Math.min(failures, 3)) * (0.5 + random);
    }

    @Override
    public String client() {
        return "socket.io-client: 0.5 to 1.5 s at random, doubled after each failure up to 5 s";
    }

    /** Engine.IO 4 and Socket.IO 5 packets. The cursor is the private session id, a blank, and the last offset. */
    private static final class Client extends WebSocketDialect {
        private final Reading reading;
        private final boolean subscribes;

        Client(Reading reading, boolean subscribes) {
            super(reading.host(), "/socket.io/?EIO=4&transport=websocket", "", reading.deliveries());
            this.reading = reading;
            this.subscribes = subscribes;
        }

        @Override
        protected void upgraded(LoadSocket socket) {
            // The server speaks first.
        }

        @Override
        protected void text(LoadSocket socket, String text) throws IOException {
            if (text.startsWith("0")) {
                var cursor = socket.cursor == null ? new String[0] : socket.cursor.split(" ");
                socket.sendFrame(
                        cursor.length < 2
                                ? "40"
                                : "40{\"pid\":\"" + cursor[0] + "\",\"offset\":\"" + cursor[1] + "\"}");
            } else if (text.startsWith("40")) {
                connected(socket, text);
            } else if (text.startsWith("43")) {
                socket.open = true;
            } else if (text.startsWith("44")) {
                throw new IOException("refused: " + text);
            } else if (text.equals("2")) {
                socket.sendFrame("3");
            }
        }

        private void connected(LoadSocket socket, String text) throws IOException {
            int pid = text.indexOf("\"pid\":\"") + 7;
            if (reading.resuming() && pid > 6) {
                var before = socket.cursor == null ? "" : socket.cursor.replaceFirst("^\\S*", "");
                socket.cursor = text.substring(pid, text.indexOf('"', pid)) + before;
            }
            socket.open = !subscribes;
            if (subscribes) {
                socket.sendFrame("420[\"subscribe\",\"" + reading.channel() + "\"]");
            }
        }

        @Override
        protected void delivered(LoadSocket socket, ByteBuffer bytes, int from, int limit) {
            if (reading.resuming() && socket.cursor != null) {
                var text = Stamp.text(bytes, from, limit);
                int end = text.lastIndexOf('"');
                var offset = text.substring(text.lastIndexOf('"', end - 1) + 1, end);
                socket.cursor = socket.cursor.split(" ")[0] + " " + offset;
            }
        }
    }
}
