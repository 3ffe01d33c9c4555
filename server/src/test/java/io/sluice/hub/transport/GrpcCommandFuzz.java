package io.sluice.hub.transport;

import static io.sluice.fuzz.FuzzTarget.check;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Draft;
import io.sluice.hub.Outcome;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.limit.Share;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.SubscribeRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first byte says which request the rest is; it is refused with a code and a field, or is one that prints as it reads. */
public final class GrpcCommandFuzz implements FuzzTarget {
    private static final Identity ALICE = new Identity("alice", null, Grants.ALL, null, null, null, Share.UNBOUNDED);
    private static final Set<ClientError> REFUSALS = Set.of(
            ClientError.BAD_REQUEST,
            ClientError.BAD_JSON,
            ClientError.BAD_CHANNEL,
            ClientError.BAD_CURSOR,
            ClientError.UNSUPPORTED_MEDIA);

    @Override
    public void run(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] % 3) {
            case 0 -> {
                var publish = read(PublishRequest.parser(), rest);
                if (publish != null) {
                    channel(publish.getChannel());
                    if (known(GrpcRequests.draft(publish, ALICE)) instanceof Outcome.Done<Draft>(var draft)) {
                        check(draft.payload().contentType().length() <= 255, "a media type without end");
                    }
                }
            }
            case 1 -> {
                var subscribe = read(SubscribeRequest.parser(), rest);
                if (subscribe != null
                        && known(GrpcRequests.starts(subscribe))
                                instanceof Outcome.Done<Map<ChannelName, Start>>(var starts)) {
                    check(!starts.isEmpty() && starts.size() <= Cursor.MAX_CHANNELS, starts.size() + " channels");
                }
            }
            default -> {
                var history = read(HistoryRequest.parser(), rest);
                if (history != null
                        && channel(history.getChannel()) instanceof Outcome.Done<ChannelName>(var channel)
                        && known(GrpcRequests.history(history, channel))
                                instanceof Outcome.Done<ReadRequest>(var wanted)) {
                    check(wanted.limit() > 0 && wanted.limit() <= ReadRequest.MAX_LIMIT, "a page of " + wanted.limit());
                }
            }
        }
    }

    private static Outcome<ChannelName> channel(String name) {
        return known(GrpcRequests.channel(name));
    }

    private static <T> Outcome<T> known(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Refused<T>(Problem problem)) {
            check(REFUSALS.contains(problem.error()), problem.toString());
        }
        return outcome;
    }

    private static <M extends MessageLite> @Nullable M read(Parser<M> parser, byte[] bytes) {
        try {
            var message = parser.parseFrom(bytes);
            check(parser.parseFrom(message.toByteArray()).equals(message), "prints as another");
            return message;
        } catch (InvalidProtocolBufferException notOne) {
            return null;
        }
    }
}
