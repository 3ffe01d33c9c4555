package io.sluice.hub.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Notice;
import io.sluice.hub.Page;
import io.sluice.hub.Publication;
import io.sluice.hub.ReadMarkers;
import io.sluice.proto.v1.HistoryResponse;
import io.sluice.proto.v1.PresenceChange;
import io.sluice.proto.v1.PresenceResponse;
import io.sluice.proto.v1.Problem;
import io.sluice.proto.v1.ReadMarker;
import io.sluice.proto.v1.Signal;
import java.time.Instant;
import java.util.List;

/** The hub's values as messages of {@code sluice.v1}. */
public final class ProtobufMessages {
    private ProtobufMessages() {}

    public static io.sluice.proto.v1.Publication publication(Publication publication) {
        var out = io.sluice.proto.v1.Publication.newBuilder()
                .setChannel(publication.channel().value())
                .setPosition(publication.position().toString())
                .setTime(time(publication.time()))
                .setEvent(publication.event())
                .putAllHeaders(publication.headers())
                .setContentType(publication.payload().contentType());
        var from = publication.from();
        if (from != null) {
            out.setFrom(from);
        }
        var bytes = bytes(publication.payload().bytes());
        switch (publication.payload().kind()) {
            case JSON -> out.setJsonBytes(bytes);
            case TEXT -> out.setTextBytes(bytes);
            case BINARY -> out.setBinary(bytes);
        }
        return out.build();
    }

    public static io.sluice.proto.v1.Gap gap(Gap gap) {
        return io.sluice.proto.v1.Gap.newBuilder()
                .setChannel(gap.channel().value())
                .setFrom(gap.from().toString())
                .setTo(gap.to().toString())
                .build();
    }

    public static Signal signal(Notice.Signal signal) {
        var out = Signal.newBuilder()
                .setChannel(signal.channel().value())
                .setEvent(signal.event())
                .setJsonBytes(bytes(signal.data()));
        if (signal.from() != null) {
            out.setFrom(signal.from());
        }
        return out.build();
    }

    public static PresenceChange presence(Notice.Presence presence) {
        return PresenceChange.newBuilder()
                .setChannel(presence.channel().value())
                .setKind(presence.joined() ? PresenceChange.Kind.KIND_JOIN : PresenceChange.Kind.KIND_LEAVE)
                .setUser(presence.user())
                .build();
    }

    public static PresenceResponse presence(List<Hub.Member> members) {
        var out = PresenceResponse.newBuilder().setCount(members.size());
        for (var member : members) {
            out.addUsers(PresenceResponse.Member.newBuilder()
                    .setId(member.user())
                    .setSessions(member.sessions())
                    .setSince(time(member.since())));
        }
        return out.build();
    }

    public static HistoryResponse history(Page page) {
        var out = HistoryResponse.newBuilder().setPosition(page.position().toString());
        page.publications().forEach(publication -> out.addMessages(publication(publication)));
        var gap = page.gap();
        if (gap != null) {
            out.setGap(gap(gap));
        }
        return out.build();
    }

    public static ReadMarker marker(ReadMarkers.Marker marker) {
        var out = ReadMarker.newBuilder().setUnread(marker.unread());
        var position = marker.position();
        if (position != null) {
            out.setPosition(position.toString());
        }
        return out.build();
    }

    public static Problem problem(io.sluice.http.Problem problem) {
        var out = Problem.newBuilder().setCode(problem.error().code()).setMessage(problem.detail());
        var wait = problem.retryAfter();
        if (wait != null) {
            out.setRetryAfterMs(wait.toMillis());
        }
        var field = problem.extra().get("field");
        if (field != null) {
            out.setField(field.toString());
        }
        return out.build();
    }

    public static Timestamp time(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** Payloads are never changed, so they need no copy. */
    private static ByteString bytes(byte[] payload) {
        return UnsafeByteOperations.unsafeWrap(payload);
    }
}
