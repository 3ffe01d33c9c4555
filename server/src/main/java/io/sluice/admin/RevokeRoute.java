package io.sluice.admin;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.auth.Revocations;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Hub;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Session;
import io.sluice.hub.wire.JsonReply;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/admin/revoke} with {@code {"user":...}}, {@code {"token_id":...}} or {@code {"session":...}}: the tokens no
 * longer count and the sessions are cut with 4401. Revoking a session cuts it and nothing else.
 */
public final class RevokeRoute {
    private static final int MAX_BODY = 4 << 10;
    private static final int MAX_TARGET = 255;

    private final Hub hub;
    private final Revocations revocations;
    private final ByteBufAllocator allocator;

    public RevokeRoute(Hub hub, Revocations revocations, ByteBufAllocator allocator) {
        this.hub = hub;
        this.revocations = revocations;
        this.allocator = allocator;
    }

    public void addTo(HttpRoutes routes) {
        routes.add(
                "POST", "/v1/admin/revoke", exchange -> exchange.collectBody(MAX_BODY, body -> revoke(exchange, body)));
    }

    private void revoke(HttpExchange exchange, ByteBuf body) {
        byte[] bytes;
        try {
            bytes = ByteBufUtil.getBytes(body);
        } finally {
            body.release();
        }
        try {
            switch (Json.object(bytes)) {
                case Outcome.Refused<Json>(var problem) -> exchange.refuse(problem);
                case Outcome.Done<Json>(var json) ->
                    revoke(exchange, json.text("user"), json.text("token_id"), json.text("session"));
            }
        } catch (Json.WrongMember wrong) {
            exchange.refuse(wrong.problem());
        }
    }

    private void revoke(
            HttpExchange exchange, @Nullable String user, @Nullable String tokenId, @Nullable String session) {
        if (user != null && tokenId == null && session == null && isTarget(user)) {
            boolean held = revocations.revokeUser(user);
            answer(
                    exchange,
                    held,
                    "user",
                    user,
                    open -> user.equals(open.identity().user()));
        } else if (tokenId != null && user == null && session == null && isTarget(tokenId)) {
            boolean held = revocations.revokeToken(tokenId);
            answer(
                    exchange,
                    held,
                    "token_id",
                    tokenId,
                    open -> tokenId.equals(open.identity().tokenId()));
        } else if (session != null && user == null && tokenId == null && isTarget(session)) {
            answer(exchange, true, "session", session, open -> session.equals(open.id()));
        } else {
            exchange.refuse(Problem.of(
                    ClientError.BAD_REQUEST,
                    "say one of user, token_id and session, of 1 to " + MAX_TARGET + " characters"));
        }
    }

    private void answer(HttpExchange exchange, boolean held, String kind, String target, Predicate<Session> whose) {
        int cut = hub.sessions().revoke(whose);
        Audit.line(exchange, "revoke", kind + "=" + target + " sessions=" + cut + (held ? "" : " remembered=no"));
        if (!held) {
            exchange.refuse(Problem.of(
                            ClientError.OVERLOADED,
                            cut
                                    + " sessions were cut, but auth.max_revocations are remembered already: the tokens still count")
                    .retryAfter(Duration.ofMinutes(1)));
            return;
        }
        var out = allocator.directBuffer();
        raw(out, "{\"sessions\":" + cut + "}");
        JsonReply.send(exchange, 200, out);
    }

    private static boolean isTarget(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_TARGET
                && text.chars().noneMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c));
    }
}
