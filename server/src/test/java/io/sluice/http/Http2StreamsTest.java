package io.sluice.http;

import static io.sluice.http.Http2Wire.DATA;
import static io.sluice.http.Http2Wire.GOAWAY;
import static io.sluice.http.Http2Wire.HEADERS;
import static io.sluice.http.Http2Wire.RST_STREAM;
import static io.sluice.http.Http2Wire.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes for a stream that is no more: an honest client's frames cross our resets, a broken one's end its connection. */
final class Http2StreamsTest {
    private static final int MAX_STREAMS = new HttpSettings().maxConcurrentStreams();
    private static final String NOTHING = Http2Wire.number(0);
    private static final String CANCEL = Http2Wire.number((int) Http2Error.CANCEL.code());

    private final TestServer server = new TestServer(new HttpRoutes()
            .add("GET", "/", exchange -> exchange.respond(204, Unpooled.EMPTY_BUFFER))
            .add("POST", "/", exchange -> exchange.collectBody(1 << 10, body -> exchange.respond(200, body))));
    private final Http2Wire wire = new Http2Wire(server);

    @AfterEach
    void stop() {
        wire.close();
        server.close();
    }

    private static int code(Http2Error error) {
        return (int) error.code();
    }

    @Test
    void headersOnAStreamThatEndedEndTheConnection() {
        wire.get(1).send();
        assertThat(wire.next(HEADERS).stream()).isEqualTo(1);

        wire.trailers(1).send();

        assertThat(wire.next(GOAWAY).error()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        wire.awaitEnd();
    }

    @Test
    void aNumberThatWasPassedOverEndsTheConnection() {
        wire.get(1).get(9).send();
        wire.next(HEADERS);

        wire.get(5).send();

        assertThat(wire.next(GOAWAY).error()).isEqualTo(code(Http2Error.PROTOCOL_ERROR));
        wire.awaitEnd();
    }

    @Test
    void trailersThatCrossOurResetCostTheirStreamOnly() {
        wire.post(1).add(WINDOW_UPDATE, 0, 1, NOTHING).send();
        var reset = wire.next(RST_STREAM);

        wire.trailers(1).get(3).send();

        assertThat(reset.stream()).isEqualTo(1);
        assertThat(wire.next(RST_STREAM).error()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        assertThat(wire.next(HEADERS).stream()).isEqualTo(3);
    }

    @Test
    void whatFollowsAClientsOwnResetCostsItsStreamOnly() {
        wire.post(1).add(RST_STREAM, 0, 1, CANCEL).trailers(1).get(3).send();

        assertThat(wire.next(RST_STREAM).error()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        assertThat(wire.next(HEADERS).stream()).isEqualTo(3);
    }

    @Test
    void theBodyOfARequestThatWasRefusedCostsItsStreamOnly() {
        for (int i = 0; i <= MAX_STREAMS; i++) {
            wire.post(2 * i + 1);
        }
        int refused = 2 * MAX_STREAMS + 1;
        wire.add(DATA, 0, refused, "body").trailers(refused).send();
        var first = wire.next(RST_STREAM);

        wire.add(DATA, Http2Wire.END_STREAM, 1, "").send();

        assertThat(first.stream()).isEqualTo(refused);
        assertThat(first.error()).isEqualTo(code(Http2Error.REFUSED_STREAM));
        assertThat(wire.next(HEADERS).stream()).isEqualTo(1);
    }

    @Test
    void aResetFromLongAgoIsStillForgiven() {
        for (int i = 0; i < 2 * Http2Streams.REMEMBERED; i++) {
            wire.post(2 * i + 1).add(RST_STREAM, 0, 2 * i + 1, CANCEL);
        }
        int next = 4 * Http2Streams.REMEMBERED + 1;

        wire.trailers(1).get(next).send();

        assertThat(wire.next(RST_STREAM).stream()).isEqualTo(1);
        assertThat(wire.next(HEADERS).stream()).isEqualTo(next);
    }
}
