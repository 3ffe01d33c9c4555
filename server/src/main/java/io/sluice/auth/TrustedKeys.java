package io.sluice.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.sluice.config.AuthConfig;
import io.sluice.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys whose signatures count. Each is bound to the one algorithm that its type stands for, so that no token can have a
 * public key taken for a shared secret. Immutable, thread-safe.
 */
final class TrustedKeys {
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MIN_SECRET_BYTES = 32;
    private static final int MAX_KEYS = 100;
    private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256", "EdDSA", "Ed25519");
    private static final int MIN_RSA_BITS = 2048;

    private final List<Key> keys;

    private TrustedKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Reads what {@code config} names; throws {@link ConfigException}. */
    static TrustedKeys of(AuthConfig config) {
        var keys = new ArrayList<Key>();
        if (config.secret() != null) {
            keys.add(shared(config.secret().bytes(), "auth.secret"));
        }
        if (config.secretFile() != null) {
            var text = read(config.secretFile(), "auth.secret_file").stripTrailing();
            keys.add(shared(text.getBytes(StandardCharsets.UTF_8), "auth.secret_file"));
        }
        if (config.jwksFile() != null) {
            keys.addAll(published(config.jwksFile()));
        }
        return new TrustedKeys(keys);
    }

    /**
     * The usable signature keys of a published set; those of other kinds are left out, since an issuer may publish them for
     * others. Throws ParseException for what is no key set, or for one without any usable key.
     */
    static TrustedKeys published(String json) throws ParseException {
        var keys = new ArrayList<Key>();
        for (var key : JWKSet.parse(json).getKeys()) {
            if (keys.size() < MAX_KEYS && isForSignatures(key)) {
                try {
                    keys.add(published(key, "keys"));
                } catch (ConfigException notOfOurKinds) {
                    // Left out.
                }
            }
        }
        if (keys.isEmpty()) {
            throw new ParseException("no usable signature key", 0);
        }
        return new TrustedKeys(keys);
    }

    private static boolean isForSignatures(JWK key) {
        return (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getAlgorithm() == null
                        || ALGORITHMS.contains(key.getAlgorithm().getName()));
    }

    /** True when every key of {@code other} is here too. */
    boolean containsAll(TrustedKeys other) {
        return prints().containsAll(other.prints());
    }

    private Set<String> prints() {
        return keys.stream().map(Key::print).collect(Collectors.toSet());
    }

    /** The keys that may have signed under {@code header}: of its algorithm, and of its {@code kid} where both have one. */
    List<JWSVerifier> candidates(JWSHeader header) {
        return keys.stream()
                .filter(key -> key.algorithm.equals(canonical(header.getAlgorithm())))
                .filter(key -> key.id == null || header.getKeyID() == null || key.id.equals(header.getKeyID()))
                .map(Key::verifier)
                .toList();
    }

    /** {@code Ed25519} is the newer name of the same (RFC 9864). */
    private static JWSAlgorithm canonical(JWSAlgorithm algorithm) {
        return algorithm.equals(JWSAlgorithm.Ed25519) ? JWSAlgorithm.EdDSA : algorithm;
    }

    private static Key shared(byte[] secret, String path) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new ConfigException(path, "must be at least 32 bytes long, not " + secret.length);
        }
        try {
            var print =
                    TokenDigest.of(new String(secret, StandardCharsets.UTF_8)).toString();
            return new Key(null, JWSAlgorithm.HS256, print, new MACVerifier(secret));
        } catch (JOSEException unusable) {
            throw new ConfigException(path, "cannot be used: " + unusable.getMessage());
        }
    }

    private static List<Key> published(Path file) {
        var path = "auth.jwks_file";
        try {
            var set = JWKSet.parse(read(file, path));
            var keys = new ArrayList<Key>();
            for (int i = 0; i < set.getKeys().size(); i++) {
                keys.add(published(set.getKeys().get(i), path + ": keys[" + i + "]"));
            }
            if (keys.isEmpty()) {
                throw new ConfigException(path, "holds no keys");
            }
            return keys;
        } catch (ParseException notAKeySet) {
            throw new ConfigException(path, "is not a JSON Web Key Set: " + notAKeySet.getMessage());
        }
    }

    private static Key published(JWK key, String path) {
        try {
            return switch (key) {
                case RSAKey rsa
                when rsa.size() >= MIN_RSA_BITS ->
                    new Key(
                            key.getKeyID(),
                            JWSAlgorithm.RS256,
                            key.toJSONString(),
                            new RSASSAVerifier(rsa.toRSAPublicKey()));
                case ECKey ec
                when ec.getCurve().equals(Curve.P_256) ->
                    new Key(
                            key.getKeyID(),
                            JWSAlgorithm.ES256,
                            key.toJSONString(),
                            new ECDSAVerifier(ec.toECPublicKey()));
                case OctetKeyPair pair
                when pair.getCurve().equals(Curve.Ed25519) ->
                    new Key(
                            key.getKeyID(),
                            JWSAlgorithm.EdDSA,
                            key.toJSONString(),
                            new Ed25519Verifier(pair.getDecodedX()));
                default ->
                    throw new ConfigException(path, "must be RSA of 2048 bits or more, EC on P-256, or OKP on Ed25519");
            };
        } catch (JOSEException | GeneralSecurityException unusable) {
            throw new ConfigException(path, "cannot be used: " + unusable.getMessage());
        }
    }

    private static String read(Path file, String path) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new ConfigException(path, file + " is larger than 1MiB");
            }
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new ConfigException(path, "cannot read " + file);
        }
    }

    /**
     * A key and the only algorithm it is good for.
     *
     * @param print tells it from every other key
     */
    private record Key(@Nullable String id, JWSAlgorithm algorithm, String print, JWSVerifier verifier) {}
}
