package io.sluice.hub.transport;

import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.http.Utf8;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Draft;
import io.sluice.hub.Outcome;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.PublishResponse;
import io.sluice.proto.v1.SubscribeRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads requests of {@code sluice.v1} as what the hub takes. */
final class GrpcRequests {
    private static final int MAX_CONTENT_TYPE = 255;

    private GrpcRequests() {}

    static Outcome<ChannelName> channel(String text) {
        var name = ChannelName.parse(text);
        return name == null
                ? new Outcome.Refused<>(Problem.of(ClientError.BAD_CHANNEL, "the channel name " + ChannelName.RULE)
                        .with("field", "channel"))
                : new Outcome.Done<>(name);
    }

    static Outcome<ChannelName> userChannel(String user) {
        var name = ChannelName.ofUser(user);
        return name == null
                ? new Outcome.Refused<>(Problem.of(ClientError.BAD_CHANNEL, "user:<id> " + ChannelName.RULE)
                        .with("field", "user"))
                : new Outcome.Done<>(name);
    }

    static Outcome<Draft> draft(PublishRequest request, Identity publisher) {
        var newest = request.getIfNewest().isEmpty() ? null : Position.parse(request.getIfNewest());
        if (newest == null && !request.getIfNewest().isEmpty()) {
            return refused(ClientError.BAD_CURSOR, "if_newest is not one of our positions", "if_newest");
        }
        var key = request.getIdempotencyKey();
        return switch (payload(request)) {
            case Outcome.Refused<Payload>(var problem) -> new Outcome.Refused<>(problem);
            case Outcome.Done<Payload>(var payload) ->
                new Outcome.Done<>(new Draft(
                        request.getEvent().isEmpty() ? Draft.DEFAULT_EVENT : request.getEvent(),
                        publisher.user(),
                        request.getHeadersMap(),
                        payload,
                        key.isEmpty() ? null : key,
                        newest));
        };
    }

    private static Outcome<Payload> payload(PublishRequest request) {
        var type = request.getContentType();
        if (type.length() > MAX_CONTENT_TYPE) {
            return refused(ClientError.UNSUPPORTED_MEDIA, "content_type is too long", "content_type");
        }
        return switch (request.getDataCase()) {
            case JSON -> Payload.ofJson(request.getJsonBytes().toByteArray());
            case TEXT -> text(request.getTextBytes().toByteArray(), type.isEmpty() ? "text/plain" : type);
            case BINARY ->
                Payload.of(
                        type.isEmpty() ? "application/octet-stream" : type,
                        request.getBinary().toByteArray());
            case DATA_NOT_SET -> refused(ClientError.BAD_REQUEST, "data is missing", "data");
        };
    }

    private static Outcome<Payload> text(byte[] bytes, String type) {
        return Utf8.isValid(bytes)
                ? new Outcome.Done<>(new Payload(Payload.Kind.TEXT, bytes, type))
                : refused(ClientError.BAD_REQUEST, "the text is not UTF-8", "text");
    }

    /** The channels to follow and where to begin in each, in the order of the request. */
    static Outcome<Map<ChannelName, Start>> starts(SubscribeRequest request) {
        int count = request.getChannelsCount();
        if (count == 0 || count > Cursor.MAX_CHANNELS) {
            return new Outcome.Refused<>(
                    Problem.of(ClientError.BAD_REQUEST, "channels must be 1 to " + Cursor.MAX_CHANNELS)
                            .with("field", "channels")
                            .with("limit", Cursor.MAX_CHANNELS));
        }
        var starts = new LinkedHashMap<ChannelName, Start>();
        var underShared = new ArrayList<ChannelName>();
        for (var wanted : request.getChannelsList()) {
            switch (channel(wanted.getChannel())) {
                case Outcome.Refused<ChannelName>(var problem) -> {
                    return new Outcome.Refused<>(problem);
                }
                case Outcome.Done<ChannelName>(var channel) -> {
                    starts.put(channel, new Start.Latest());
                    if (wanted.getAfter().isEmpty()) {
                        underShared.add(channel);
                    } else if (start(wanted.getAfter(), channel) instanceof Outcome.Done<Start>(var own)) {
                        starts.put(channel, own);
                    } else {
                        return refused(ClientError.BAD_CURSOR, "after is no cursor of " + channel, "after");
                    }
                }
            }
        }
        if (!request.getAfter().isEmpty() && !underShared.isEmpty()) {
            switch (Cursor.parse(request.getAfter(), underShared)) {
                case Outcome.Refused<List<Start>>(var problem) -> {
                    return new Outcome.Refused<>(problem);
                }
                case Outcome.Done<List<Start>>(var found) -> {
                    for (int i = 0; i < found.size(); i++) {
                        starts.put(underShared.get(i), found.get(i));
                    }
                }
            }
        }
        return new Outcome.Done<>(starts);
    }

    static Outcome<ReadRequest> history(HistoryRequest request, ChannelName channel) {
        Start start = null;
        if (!request.getAfter().isEmpty()) {
            switch (start(request.getAfter(), channel)) {
                case Outcome.Refused<Start>(var problem) -> {
                    return new Outcome.Refused<>(problem);
                }
                case Outcome.Done<Start>(var parsed) -> start = parsed;
            }
        }
        var before = request.getBefore().isEmpty() ? null : Position.parse(request.getBefore());
        if (!request.getBefore().isEmpty() && (before == null || start != null)) {
            return refused(ClientError.BAD_CURSOR, "before must be a position, and does not go with after", "before");
        }
        int limit = request.getLimit() == 0 ? ReadRequest.DEFAULT_LIMIT : request.getLimit();
        boolean inside = limit > 0 && limit <= ReadRequest.MAX_LIMIT;
        return new Outcome.Done<>(new ReadRequest(start, before, inside ? limit : ReadRequest.MAX_LIMIT));
    }

    private static Outcome<Start> start(String after, ChannelName channel) {
        return switch (Cursor.parse(after, List.of(channel))) {
            case Outcome.Refused<List<Start>>(var problem) -> new Outcome.Refused<>(problem);
            case Outcome.Done<List<Start>>(var starts) -> new Outcome.Done<>(starts.getFirst());
        };
    }

    /** The answer to a publish. */
    static Outcome<PublishResponse> published(ChannelName channel, Appended appended) {
        return switch (appended) {
            case Appended.Refused(var problem) -> new Outcome.Refused<>(problem);
            case Appended.Stored(var position, var time) ->
                new Outcome.Done<>(PublishResponse.newBuilder()
                        .setChannel(channel.value())
                        .setPosition(position.toString())
                        .setTime(ProtobufMessages.time(time))
                        .build());
            case Appended.Replayed(var position, var time) ->
                new Outcome.Done<>(PublishResponse.newBuilder()
                        .setChannel(channel.value())
                        .setPosition(position.toString())
                        .setTime(ProtobufMessages.time(time))
                        .setReplayed(true)
                        .build());
        };
    }

    private static <T> Outcome<T> refused(ClientError error, String detail, String field) {
        return new Outcome.Refused<>(Problem.of(error, detail).with("field", field));
    }
}
