package io.sluice.bench.compare;

import io.sluice.bench.Deliveries;
import io.sluice.bench.Dialect;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import io.sluice.bench.Stamp;
import io.sluice.bench.WebSocketDialect;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** nginx with nchan. Returning readers take the id of each message with them, as its own client does. */
final class NchanPeer implements Peer {
    private static final List<String> PACKAGES = List.of("nginx", "libnginx-mod-nchan");

    @Override
    public String name() {
        return "nchan";
    }

    @Override
    public String what(Servers servers) throws IOException {
        var peers = servers.peers();
        return "nginx " + peers.debianVersion("nginx") + " with nchan " + peers.debianVersion("libnginx-mod-nchan")
                + " of Debian; one worker, WebSocket, 2,000 messages kept in shared memory";
    }

    @Override
    public String promise() {
        return "resumes after the last message's id while its buffer holds what follows; a loss is not told";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        var peers = servers.peers();
        var root = peers.debian(PACKAGES);
        int port = ServerProcess.freePort();
        var file = peers.file("nginx.conf", """
                load_module %1$s/usr/lib/nginx/modules/ngx_nchan_module.so;
                daemon off;
                pid %1$s/nginx.pid;
                error_log stderr error;
                worker_processes 1;
                worker_rlimit_nofile 40000;
                events { worker_connections 20000; multi_accept on; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  nchan_shared_memory_size 512M;
                  nchan_message_buffer_length 2000;
                  nchan_message_timeout 1m;
                  server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    location ~ /pub/(.+)$ { nchan_publisher websocket http; nchan_channel_id $1; }
                    location ~ /sub/(.+)$ {
                      nchan_subscriber websocket;
                      nchan_channel_id $1;
                      nchan_subscriber_first_message newest;
                    }
                  }
                }
                """.formatted(root, port));
        return peers.start(
                name(),
                port,
                List.of(root.resolve("usr/sbin/nginx").toString(), "-e", "stderr", "-c", file.toString()));
    }

    @Override
    public Dialect reader(Reading reading) {
        return new Reader(reading);
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return new WebSocketDialect(host, "/pub/" + channel, "", new Deliveries());
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        publisher.sendFrame(data);
    }

    @Override
    public double pauseSeconds(int failures, double random) {
        return 1;
    }

    @Override
    public String client() {
        return "NchanSubscriber.js: 1 s";
    }

    /** A subscriber; those that return ask for the ids of messages too. */
    private static final class Reader extends WebSocketDialect {
        private final Reading reading;

        Reader(Reading reading) {
            super(reading.host(), "", reading.resuming() ? "ws+meta.nchan" : "", reading.deliveries());
            this.reading = reading;
        }

        @Override
        protected String path(LoadSocket socket) {
            return "/sub/" + reading.channel()
                    + (socket.cursor == null
                            ? ""
                            : "?last_event_id=" + URLEncoder.encode(socket.cursor, StandardCharsets.US_ASCII));
        }

        @Override
        protected void delivered(LoadSocket socket, ByteBuffer bytes, int from, int limit) {
            if (reading.resuming()) {
                reading.keep(socket, Stamp.text(bytes, from, limit), "id: ", "\n");
            }
        }
    }
}
