package io.sluice.attack;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Abuse of who may come in: floods of credentials, of sessions and of connections. For a server with {@link #SETTINGS}. */
public final class CallerAttacks {
    /** The key that an honest client of such a server shows. */
    public static final String KEY = "the-key-of-an-honest-client";

    /** A public key (RFC 7515 appendix A.3): the signatures that a flood makes up are not its. */
    public static final String PUBLIC_KEYS = """
            {"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"k",
             "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
            """;

    /** Lines of configuration; {@code %s} is the file of {@link #PUBLIC_KEYS}. */
    public static final String SETTINGS = """
            auth:
              mode: jwt
              jwks_file: %s
              api_keys:
                honest:
                  sha256: c7b9bfdac735732a11537864b166151c532ca9d94016a63b211b4ba04e804814
                  grants: [{channels: "*", can: [history, subscribe]}]
            """;

    /** Lines of {@code limits}: small, so that a short attack reaches them. Loopback is not exempt but for the honest client. */
    public static final String LIMITS = """
              exempt: [127.0.0.1/32]
              max_connections_per_address: 100
            """;

    private static final int TOKENS = 500;
    private static final int SESSIONS = 100;
    private static final int CONNECTIONS = 400;
    private static final int MALFORMED = 30;
    private static final AtomicLong SEED = new AtomicLong(1);

    private CallerAttacks() {}

    public static final List<Attack> ALL = List.of(
            new Attack(
                    "distinct bad tokens",
                    "sluice_limit_refusals_total{policy=\"address-bad-tokens\"}",
                    CallerAttacks::badTokens),
            new Attack(
                    "guessed tickets",
                    "sluice_limit_refusals_total{policy=\"address-bad-tokens\"}",
                    CallerAttacks::badTickets),
            Attack.cut("idle and half-open connections", "too_many_connections", CallerAttacks::idle),
            Attack.cut("an address that goes on and on", "abusive_address", CallerAttacks::goOn),
            new Attack(
                    "reconnect storm", "sluice_limit_not_admitted_total{reason=\"rate\"}", CallerAttacks::reconnect));

    /** Tokens that are well made but for their signature, each another one. */
    private static void badTokens(int port) throws IOException {
        var random = new SplittableRandom(SEED.getAndIncrement());
        try (var wire = new Wire(port)) {
            for (int i = 0; i < TOKENS; i++) {
                var signature = new byte[64];
                random.nextBytes(signature);
                var token = base64("{\"alg\":\"ES256\",\"kid\":\"k\"}") + "."
                        + base64("{\"sub\":\"u" + random.nextLong() + "\",\"exp\":4102444800}") + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
                wire.send("GET /v1/channels/attack HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
                        + (i == TOKENS - 1 ? "Connection: close\r\n\r\n" : "\r\n"));
            }
            wire.awaitEnd();
        }
    }

    private static void badTickets(int port) throws IOException {
        var random = new SplittableRandom(SEED.getAndIncrement());
        try (var wire = new Wire(port)) {
            for (int i = 0; i < TOKENS; i++) {
                var ticket = new byte[120];
                random.nextBytes(ticket);
                ticket[0] = 1;
                wire.send("GET /v1/channels/attack?ticket="
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(ticket) + " HTTP/1.1\r\nHost: x\r\n"
                        + (i == TOKENS - 1 ? "Connection: close\r\n\r\n" : "\r\n"));
            }
            wire.awaitEnd();
        }
    }

    /** Connections that say nothing, or the half of a request; every other one has ended its direction. */
    private static void idle(int port) throws IOException {
        var wires = new ArrayList<Wire>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                var wire = new Wire(port);
                wires.add(wire);
                if (i % 3 == 1) {
                    wire.send("GET / HTTP/1.1\r\nHost:");
                }
                if (i % 2 == 1) {
                    wire.endSending();
                }
            }
            wires.getFirst().hold(1_000);
        } finally {
            for (var wire : wires) {
                wire.close();
            }
        }
    }

    /** Malformed requests from one address, each on a connection of its own. */
    private static void goOn(int port) throws IOException {
        for (int i = 0; i < MALFORMED; i++) {
            try (var wire = new Wire(port)) {
                wire.send("GET / HTTP/1.1\r\nX: a\u0000b\r\n\r\n").awaitEnd();
            } catch (SocketException reset) {
                // Shut out already.
            }
        }
    }

    /** Sessions that begin and are gone again at once. */
    private static void reconnect(int port) throws IOException {
        for (int i = 0; i < SESSIONS; i++) {
            try (var wire = new Wire(port)) {
                wire.send("GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
                wire.readHead();
            }
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
