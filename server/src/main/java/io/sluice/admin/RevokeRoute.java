package io.sluice.admin;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.auth.Revocation;
import io.sluice.auth.Revocations;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Hub;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.wire.JsonReply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/admin/revoke} with {@code {"user":...}}, {@code {"token_id":...}} or {@code {"session":...}}: the tokens no
 * longer count and the sessions are cut with 4401, on every server that shares the engine. Revoking a session cuts it and nothing
 * else. Answers how many sessions of this server that were.
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
            revoke(exchange, new Revocation(Revocation.Kind.USER, user));
        } else if (tokenId != null && user == null && session == null && isTarget(tokenId)) {
            revoke(exchange, new Revocation(Revocation.Kind.TOKEN_ID, tokenId));
        } else if (session != null && user == null && tokenId == null && isTarget(session)) {
            revoke(exchange, new Revocation(Revocation.Kind.SESSION, session));
        } else {
            exchange.refuse(Problem.of(
                    ClientError.BAD_REQUEST,
                    "say one of user, token_id and session, of 1 to " + MAX_TARGET + " characters"));
        }
    }

    private void revoke(HttpExchange exchange, Revocation revocation) {
        int cut = hub.sessions().endedBy(revocation);
        revocations.revoke(
                revocation, refusal -> exchange.loop().execute(() -> answer(exchange, revocation, cut, refusal)));
    }

    private void answer(HttpExchange exchange, Revocation revocation, int cut, @Nullable Problem refusal) {
        var done = revocation.kind().word() + "=" + revocation.id() + " sessions=" + cut;
        Audit.line(exchange, "revoke", done + (refusal == null ? "" : " stored=no"));
        if (refusal != null) {
            exchange.refuse(Problem.of(
                            refusal.error(),
                            cut + " sessions were cut here, but no other server knows, nor this one after a restart: "
                                    + refusal.detail())
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
