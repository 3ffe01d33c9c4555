package io.sluice.hub;

import static io.sluice.fuzz.FuzzTarget.check;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.ClientError;
import io.sluice.hub.wire.GrpcWire;
import io.sluice.hub.wire.JsonWire;
import io.sluice.hub.wire.SseWire;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.limit.Share;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a publish command brings is refused with a code, or comes out of every wire as it was. */
public final class DraftFuzz implements FuzzTarget {
    private static final JsonMapper TREE = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();
    private static final Identity ALICE = new Identity("alice", null, Grants.ALL, null, null, null, Share.UNBOUNDED);
    private static final Set<ClientError> REFUSALS =
            Set.of(ClientError.BAD_JSON, ClientError.BAD_REQUEST, ClientError.TOO_LARGE);

    @Override
    public void run(byte[] input) {
        if (!(Json.object(input) instanceof Outcome.Done<Json>(var json))) {
            return;
        }
        try {
            switch (Drafts.read(json, ALICE)) {
                case Outcome.Refused<Draft>(var problem) ->
                    check(REFUSALS.contains(problem.error()), problem.toString());
                case Outcome.Done<Draft>(var draft) -> {
                    var problem = Drafts.check(draft, 1_000);
                    check(problem == null || REFUSALS.contains(problem.error()), String.valueOf(problem));
                    if (problem == null) {
                        published(draft);
                    }
                }
            }
        } catch (Json.WrongMember wrong) {
            check(REFUSALS.contains(wrong.problem().error()), wrong.problem().toString());
        }
    }

    private static void published(Draft draft) {
        var publication = Publication.of(
                new ChannelName("news"), new Position(7, 1), Instant.ofEpochMilli(1_700_000_000_000L), draft);

        holds(draft, text(publication, JsonWire.INSTANCE));
        var frame = bytes(publication, WebSocketJsonWire.INSTANCE);
        int head = (frame[1] & 0x7f) == 126 ? 4 : 2;
        holds(draft, new String(Arrays.copyOfRange(frame, head, frame.length), StandardCharsets.UTF_8));
        var event = text(publication, SseWire.ONE_CHANNEL);
        check(event.lines().count() == 4, "an event of other lines: " + event);
        check(event.lines().anyMatch(("event: " + draft.event())::equals), "no event line: " + event);
        holds(
                draft,
                event.lines()
                        .filter(line -> line.startsWith("data: "))
                        .findFirst()
                        .orElse("")
                        .substring(6));
        message(draft, bytes(publication, GrpcWire.PLAIN));
        publication.release();
    }

    private static void holds(Draft draft, String text) {
        var json = TREE.readTree(text);
        var headers = json.path("headers");
        check(json.path("event").asString().equals(draft.event()), "another event: " + text);
        check(headers.size() == draft.headers().size(), "other headers: " + text);
        draft.headers()
                .forEach(
                        (name, value) -> check(headers.path(name).asString().equals(value), "another header: " + text));
        JsonNode data = TREE.readTree(draft.payload().bytes());
        check(json.path("data").equals(data), "other data: " + text);
    }

    private static void message(Draft draft, byte[] frame) {
        try {
            var event = io.sluice.proto.v1.SubscribeResponse.parseFrom(Arrays.copyOfRange(frame, 5, frame.length))
                    .getMessage();
            check(event.getEvent().equals(draft.event()), "another event: " + event);
            check(event.getHeadersMap().equals(draft.headers()), "other headers: " + event);
            check(
                    Arrays.equals(
                            event.getJsonBytes().toByteArray(), draft.payload().bytes()),
                    "other data: " + event);
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError("a message cannot be read", broken);
        }
    }

    private static String text(Publication publication, Wire wire) {
        return new String(bytes(publication, wire), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Publication publication, Wire wire) {
        var encoded = wire.encode(publication, UnpooledByteBufAllocator.DEFAULT);
        try {
            return ByteBufUtil.getBytes(encoded);
        } finally {
            encoded.release();
        }
    }
}
