package io.sluice.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.sluice.auth.Grants;
import io.sluice.auth.Verb;
import io.sluice.net.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice token}: signs a JWT for trying things out. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Signs a test token (JWT, HS256) for a server whose auth.mode is jwt.",
            "",
            "  sluice token --secret \"$SECRET\" --user alice --grant 'chat:*=subscribe,publish'",
            "  SLUICE_SECRET=... sluice token --user ops --grant '*=history' --expires 15m",
            ""
        })
final class TokenCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--secret",
            paramLabel = "TEXT",
            description = "The shared secret, 32 bytes or more; else SLUICE_SECRET.")
    private @Nullable String secret;

    @Option(names = "--user", paramLabel = "ID", description = "Who the token is for (sub).")
    private @Nullable String user;

    @Option(
            names = "--grant",
            paramLabel = "CHANNELS=VERBS",
            description = "What it may do: subscribe, publish, signal, presence, history, or all. Repeatable.")
    private List<String> grants = new ArrayList<>();

    @Option(names = "--expires", paramLabel = "TIME", description = "How long it is valid: 90s, 15m, 24h (1h).")
    private String expires = "1h";

    @Option(names = "--issuer", paramLabel = "TEXT", description = "The iss claim.")
    private @Nullable String issuer;

    @Option(names = "--audience", paramLabel = "TEXT", description = "The aud claim.")
    private @Nullable String audience;

    TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var key = secret != null ? secret : terminal.environment().get("SLUICE_SECRET");
        if (key == null || key.getBytes(StandardCharsets.UTF_8).length < 32) {
            throw new CommandFailed(
                    "the secret must be given (--secret or SLUICE_SECRET) and be at least 32 bytes long");
        }
        var now = Clock.SYSTEM.now();
        var claims = new JWTClaimsSet.Builder()
                .subject(user)
                .issuer(issuer)
                .audience(audience)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime())))
                .jwtID(UUID.randomUUID().toString())
                .claim("grants", grants.stream().map(TokenCommand::grant).toList())
                .build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(new MACSigner(key));
        } catch (JOSEException unusable) {
            throw new CommandFailed("cannot sign: " + unusable.getMessage());
        }
        terminal.out().println(token.serialize());
        return 0;
    }

    private static Map<String, Object> grant(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
            throw new CommandFailed("a grant must look like 'chat:*=subscribe,publish', not '" + text + "'");
        }
        var verbs = new ArrayList<String>();
        var channels = text.substring(0, equals);
        try {
            for (var word : text.substring(equals + 1).split(",", -1)) {
                if (word.equals("all")) {
                    EnumSet.allOf(Verb.class)
                            .forEach(verb -> verbs.add(verb.name().toLowerCase(Locale.ROOT)));
                } else {
                    verbs.add(Verb.valueOf(word.toUpperCase(Locale.ROOT)).name().toLowerCase(Locale.ROOT));
                }
            }
            new Grants.Grant(channels, EnumSet.allOf(Verb.class));
        } catch (IllegalArgumentException mistaken) {
            throw new CommandFailed(
                    "grant '" + text + "': verbs are subscribe, publish, signal, presence, history and all; "
                            + "channels are a name, or a prefix followed by *");
        }
        return Map.of("channels", channels, "can", verbs);
    }

    private Duration lifetime() {
        var form = java.util.regex.Pattern.compile("(\\d{1,6})([smhd])").matcher(expires);
        if (!form.matches()) {
            throw new CommandFailed("--expires must look like 90s, 15m, 24h or 30d, not " + expires);
        }
        long amount = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
