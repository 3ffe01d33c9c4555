package io.sluice.testkit;

import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Calls methods with frames as they stand on the wire. Headers are name, value, name, value. */
public final class GrpcWebClient {
    private final EdgeServer server;
    private final HttpClient http;

    private GrpcWebClient(EdgeServer server, HttpClient.Version version) {
        this.server = server;
        this.http = HttpClient.newBuilder().version(version).build();
    }

    /** Over HTTP/1.1. */
    public GrpcWebClient(EdgeServer server) {
        this(server, HttpClient.Version.HTTP_1_1);
    }

    /** Over HTTP/2, which a first request without a body asks for. */
    public static GrpcWebClient overHttp2(EdgeServer server) throws IOException, InterruptedException {
        var client = new GrpcWebClient(server, HttpClient.Version.HTTP_2);
        var first = ApiClient.requestTo(server.uri("/")).build();
        client.http.send(first, BodyHandlers.discarding());
        return client;
    }

    /**
     * What came.
     *
     * @param messages the messages of the body, without their frames
     * @param trailers the fields of the last frame, in lower case
     */
    public record Answer(HttpResponse<byte[]> response, List<byte[]> messages, Map<String, String> trailers) {
        /** The status code, or -1 when there is none. */
        public int status() {
            return Integer.parseInt(trailers.getOrDefault("grpc-status", "-1"));
        }

        public String contentType() {
            return response.headers().firstValue("content-type").orElse("");
        }
    }

    /** Sends one message as {@code application/grpc-web+proto}. */
    public Answer call(String method, MessageLite message, String... headers) {
        return send("application/grpc-web+proto", method, frame(0, message.toByteArray()), headers);
    }

    /** Sends a body as it is. Text bodies are decoded. */
    public Answer send(String contentType, String method, byte[] body, String... headers) {
        var request = ApiClient.requestTo(server.uri("/" + method))
                .header("content-type", contentType)
                .POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = http.send(request.build(), BodyHandlers.ofByteArray());
            boolean text =
                    response.headers().firstValue("content-type").orElse("").contains("web-text");
            return read(response, text ? decoded(response.body()) : response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException asked) {
            throw new AssertionError(asked);
        }
    }

    /** A frame with these flags around {@code message}. */
    public static byte[] frame(int flags, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) flags)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static Answer read(HttpResponse<byte[]> response, byte[] body) {
        var messages = new ArrayList<byte[]>();
        var trailers = new TreeMap<String, String>();
        var frames = ByteBuffer.wrap(body);
        boolean grpc = response.headers().firstValue("content-type").orElse("").startsWith("application/grpc");
        while (grpc && frames.hasRemaining()) {
            int flags = frames.get() & 0xff;
            var content = new byte[frames.getInt()];
            frames.get(content);
            if (flags == 0x80) {
                for (var line : new String(content, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
                    int colon = line.indexOf(": ");
                    if (colon > 0) {
                        trailers.put(line.substring(0, colon), line.substring(colon + 2));
                    }
                }
            } else {
                messages.add(content);
            }
        }
        return new Answer(response, messages, trailers);
    }

    /** Pieces of base64, each with its own padding. */
    private static byte[] decoded(byte[] text) {
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < text.length; at += 4) {
            out.writeBytes(Base64.getDecoder().decode(java.util.Arrays.copyOfRange(text, at, at + 4)));
        }
        return out.toByteArray();
    }
}
