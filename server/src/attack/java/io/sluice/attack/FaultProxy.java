package io.sluice.attack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network on loopback that breaks when a test says so: it cuts connections, in the middle of a message too, lets none in, or
 * does not know some paths, as proxies do. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final String UNKNOWN_PATH =
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    private static final int MAX_HEAD = 64 << 10;

    private final ServerSocket listener;
    private final int target;
    private final Set<Passage> open = ConcurrentHashMap.newKeySet();
    private volatile Set<String> unknownPaths = Set.of();
    private volatile boolean refusing;

    private FaultProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** In front of a server on this port. */
    public static FaultProxy before(int port) {
        return new FaultProxy(port);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** From now on, new connections that ask first for one of these paths are answered with 404. */
    public void doesNotKnow(Set<String> paths) {
        unknownPaths = Set.copyOf(paths);
    }

    /** From now on every new connection is cut as soon as it is there, or no longer. */
    public void refuse(boolean all) {
        refusing = all;
    }

    /** Every connection that is open now is cut after so many further bytes of the server. */
    public void cutAfter(long bytes) {
        open.forEach(each -> each.left.set(bytes));
    }

    /** Cuts every connection; returns how many there were. */
    public int cut() {
        int count = 0;
        for (var each : open) {
            count += each.close() ? 1 : 0;
        }
        return count;
    }

    /** How many connections are open. */
    public int connections() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException gone) {
            // It is closed either way.
        }
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                if (refusing) {
                    client.close();
                } else {
                    Thread.ofVirtual().start(() -> serve(client));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        var passage = new Passage(client);
        open.add(passage);
        try {
            var head = new byte[MAX_HEAD];
            int length = client.getInputStream().read(head);
            if (length < 0 || isUnknown(new String(head, 0, length, StandardCharsets.US_ASCII))) {
                client.getOutputStream().write(UNKNOWN_PATH.getBytes(StandardCharsets.US_ASCII));
                return;
            }
            passage.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            passage.server.getOutputStream().write(head, 0, length);
            Thread.ofVirtual().start(() -> passage.copy(client, passage.server, new AtomicLong(Long.MAX_VALUE)));
            passage.copy(passage.server, client, passage.left);
        } catch (IOException broken) {
            // The passage ends below.
        } finally {
            passage.close();
        }
    }

    private boolean isUnknown(String head) {
        var words = head.split(" ", 3);
        return words.length > 1 && unknownPaths.stream().anyMatch(words[1]::startsWith);
    }

    /** One connection through the proxy. */
    private final class Passage {
        private final Socket client;
        private final Socket server = new Socket();
        private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

        Passage(Socket client) {
            this.client = client;
        }

        void copy(Socket from, Socket to, AtomicLong allowed) {
            var buffer = new byte[8 << 10];
            try {
                InputStream in = from.getInputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    long rest = allowed.addAndGet(-length);
                    to.getOutputStream().write(buffer, 0, (int) Math.max(0, rest < 0 ? length + rest : length));
                    if (rest < 0) {
                        break;
                    }
                }
            } catch (IOException broken) {
                // The passage ends below.
            }
            close();
        }

        /** True the first time. */
        boolean close() {
            try {
                client.close();
                server.close();
            } catch (IOException gone) {
                // Both are closed either way.
            }
            return open.remove(this);
        }
    }
}
