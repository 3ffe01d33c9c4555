package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @Test
    void anEmptyFileMeansTheDefaults() {
        var config = ConfigReader.parse("", "sluice.yaml", Map.of());

        assertThat(config).isEqualTo(new Config());
    }

    @Test
    void everyKindOfValueIsRead() {
        var config = ConfigReader.parse("""
                edge:
                  port: 9999
                  tls: {certificate: /etc/c.pem, key: /etc/k.pem}
                  allowed_origins: [https://app.example, "http://localhost:3000"]
                  transport: io_uring
                hub:
                  max_message_size: 64KiB
                  heartbeat: 10s
                  namespaces:
                    chat:
                      lag_policy: latest
                      max_age: 24h
                      presence: false
                """, "sluice.yaml", Map.of());

        assertThat(config.edge().port()).isEqualTo(9999);
        assertThat(config.edge().tls()).isEqualTo(new TlsConfig(Path.of("/etc/c.pem"), Path.of("/etc/k.pem")));
        assertThat(config.edge().allowedOrigins()).containsExactly("https://app.example", "http://localhost:3000");
        assertThat(config.edge().transport()).isEqualTo(EdgeConfig.Transport.IO_URING);
        assertThat(config.hub().maxMessageSize()).isEqualTo(DataSize.kib(64));
        assertThat(config.hub().heartbeat()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.hub().namespaces()).containsOnlyKeys("default", "chat");
        assertThat(config.hub().namespace("chat").lagPolicy()).isEqualTo(NamespaceConfig.LagPolicy.LATEST);
        assertThat(config.hub().namespace("chat").maxAge()).isEqualTo(Duration.ofHours(24));
        assertThat(config.hub().namespace("chat").presence()).isFalse();
        assertThat(config.hub().namespace("chat").maxMessages()).isEqualTo(10_000);
    }

    @Test
    void fiveMistakesAreAllReportedWithPathAndLine() {
        var problems = problemsOf("""
                edge:
                  prot: 8080
                  port: eighty
                admin:
                  host: 0.0.0.0
                hub:
                  namespaces:
                    chat:
                      max_age: 0s
                      max_messages: 0
                """);

        assertThat(problems)
                .containsExactly(
                        "edge.prot: unknown key; did you mean port? (sluice.yaml:2)",
                        "edge.port: must be a whole number, not 'eighty' (sluice.yaml:3)",
                        "admin.host: must be a loopback address such as 127.0.0.1, because the admin listener asks nobody for "
                                + "a token; not '0.0.0.0' (sluice.yaml:5)",
                        "hub.namespaces.chat.max_age: must be positive (sluice.yaml:9)",
                        "hub.namespaces.chat.max_messages: must be 1 to 10000000 (sluice.yaml:10)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "edge: 5                              | edge: must be a section of keys and values (sluice.yaml:1)",
                "edge: {port: [1]}                    | edge.port: must be a single value (sluice.yaml:1)",
                "edge: {port: 70000}                  | edge.port: must be 0 to 65535, not 70000 (sluice.yaml:1)",
                "edge: {tls: {key: k.pem}}            | edge.tls.certificate: must be set (sluice.yaml:1)",
                "edge: {drain_grace: 5 parsecs}       | edge.drain_grace: must be a duration such as 5ms, 25s, 10m, 24h or 7d, not '5 parsecs' (sluice.yaml:1)",
                "edge: {transport: carrier_pigeon}    | edge.transport: must be one of auto, epoll, io_uring, nio, not 'carrier_pigeon' (sluice.yaml:1)",
                "edge: {demo: yes}                    | edge.demo: must be true or false, not 'yes' (sluice.yaml:1)",
                "edge: {allowed_origins: https://a.b} | edge.allowed_origins: must be a list (sluice.yaml:1)",
                "edge: {allowed_origins: ['*']}       | edge.allowed_origins: must be origins such as https://app.example in lower case, not '*' (sluice.yaml:1)",
                "hub: {max_message_size: 3 bushels}   | hub.max_message_size: must be a size such as 512, 64KiB or 10MB, not '3 bushels' (sluice.yaml:1)",
                "hub: {max_message_size: 999999999999999GiB} | hub.max_message_size: is too large (sluice.yaml:1)",
                "hub: {namespaces: [chat]}            | hub.namespaces: must be a section of names (sluice.yaml:1)",
                "auth: {mode: jwt}                    | auth.mode: jwt needs secret, secret_file, jwks_file, jwks_url or api_keys to know callers by (sluice.yaml:1)",
                "auth: {api_keys: {billing: {sha256: abc, grants: [{channels: '*', can: [publish]}]}}} | auth.api_keys.billing.sha256: must be 64 hexadecimal digits in lower case (sluice.yaml:1)",
                "limits: {user: {publishes: often}}   | limits.user.publishes: must be a rate such as 100/10s, 10MiB/1m or unlimited, not 'often' (sluice.yaml:1)",
                "limits: {user: {publishes: 0/10s}}   | limits.user.publishes: must be more than 0, or unlimited (sluice.yaml:1)",
                "limits: {exempt: [10.0.0.0/33]}      | limits.exempt[0]: must be addresses such as 10.0.0.0/8 or ::1, not '10.0.0.0/33' (sluice.yaml:1)",
                "limits: {exempt: [proxy.example]}    | limits.exempt[0]: must be addresses such as 10.0.0.0/8 or ::1, not 'proxy.example' (sluice.yaml:1)",
                "zebra: 1                             | zebra: unknown key; known here: edge, admin, hub, auth, limits, webhooks, observe (sluice.yaml:1)",
                "[1, 2]                               | the file must hold keys and values (sluice.yaml:1)",
            })
    void aMistakeSaysWhatTheRuleIs(String yaml, String problem) {
        assertThat(problemsOf(yaml)).containsExactly(problem);
    }

    @Test
    void aListItemIsNamedByItsIndex() {
        var problems = problemsOf("""
                auth:
                  api_keys:
                    billing:
                      sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                      grants:
                        - channels: "*"
                          can: [publish]
                        - channels: "a*b"
                          can: [publish]
                """);

        assertThat(problems)
                .containsExactly(
                        "auth.api_keys.billing.grants[1].channels: must be a channel name, or a prefix followed by *, "
                                + "not 'a*b' (sluice.yaml:8)");
    }

    @Test
    void textThatIsNotYamlIsReportedWithItsLine() {
        var problems = problemsOf("edge:\n  port: 1\n  host: [\n");

        assertThat(problems).singleElement().asString().startsWith("not YAML: ").contains("(sluice.yaml:");
    }

    @Test
    void repeatedKeysAliasesAndFurtherDocumentsAreRefused() {
        assertThat(problemsOf("edge: {port: 1}\nadmin: {port: 2}\nedge: {port: 3}\n"))
                .containsExactly("edge: appears twice; first at sluice.yaml:1 (sluice.yaml:3)");
        assertThat(problemsOf("edge: &a {port: 1}\nadmin: *a\n"))
                .containsExactly("admin: YAML aliases are not supported; write the value out (sluice.yaml:2)");
        assertThat(problemsOf("edge: {port: 1}\n---\nadmin: {port: 2}\n"))
                .containsExactly("the file must hold one YAML document (sluice.yaml:3)");
    }

    @Test
    void withoutTokensOnlyLoopbackMayBeBound() {
        var problems = problemsOf("edge:\n  host: 0.0.0.0\n");

        assertThat(problems)
                .containsExactly(
                        "edge.host: must be a loopback address such as 127.0.0.1 while auth.mode is none, because then "
                                + "everybody may do everything; set auth.mode to jwt to listen on 0.0.0.0 (sluice.yaml:2)");
    }

    @Test
    void withTokensAnyAddressMayBeBound() {
        var config = ConfigReader.parse("""
                edge: {host: 0.0.0.0}
                auth: {mode: jwt, secret: 0123456789abcdef0123456789abcdef}
                """, "sluice.yaml", Map.of());

        assertThat(config.edge().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void variablesWinOverTheFile() {
        var config = ConfigReader.parse(
                "edge: {port: 1}\n",
                "sluice.yaml",
                Map.of(
                        "SLUICE_EDGE_PORT", "8081",
                        "SLUICE_EDGE_ALLOWED_ORIGINS", "https://a.example, https://b.example",
                        "SLUICE_HUB_DATA_DIR", "/var/lib/sluice",
                        "SLUICE_HUB_NAMESPACES_CHAT_MAX_AGE", "1h",
                        "HOME", "/root"));

        assertThat(config.edge().port()).isEqualTo(8081);
        assertThat(config.edge().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
        assertThat(config.hub().dataDir()).isEqualTo(Path.of("/var/lib/sluice"));
        assertThat(config.hub().namespace("chat").maxAge()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aMistakenVariableIsNamed() {
        var problems = problemsOf("", Map.of("SLUICE_EDGE_PORT", "x", "SLUICE_EGDE_PORT", "1"));

        assertThat(problems)
                .containsExactly(
                        "no configuration key has this name (SLUICE_EGDE_PORT)",
                        "edge.port: must be a whole number, not 'x' (SLUICE_EDGE_PORT)");
    }

    @Test
    void whatKubernetesSetsForAServiceNamedSluiceIsLeftAlone() {
        var config = ConfigReader.parse(
                "",
                "sluice.yaml",
                Map.of(
                        "SLUICE_SERVICE_HOST", "10.0.0.1",
                        "SLUICE_PORT", "tcp://10.0.0.1:8080",
                        "SLUICE_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "SLUICE_ADMIN_PORT", "tcp://10.0.0.1:9090"));

        assertThat(config).isEqualTo(new Config());
    }

    @Test
    void aMissingFileIsOneClearProblem(@TempDir Path folder) {
        var missing = folder.resolve("sluice.yaml");

        var refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(missing, Map.of()));

        assertThat(refused).hasMessage("there is no file " + missing);
    }

    @Test
    void aFileThatIsNotUtf8IsOneClearProblem(@TempDir Path folder) throws Exception {
        var file = Files.write(folder.resolve("sluice.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});

        var refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, Map.of()));

        assertThat(refused).hasMessage(file + " is not UTF-8 text");
    }

    @Test
    void whatIsPrintedReadsBackEqual() {
        var config = ConfigReader.parse("""
                edge:
                  port: 0
                  tls: {certificate: "/etc/my certs/c: 1.pem", key: "k\\"#.pem"}
                  allowed_origins: [https://app.example]
                hub:
                  batch_window: 3ms
                  namespaces:
                    fast: {engine: memory, durability: memory, max_bytes: 1234567, max_age: 90m}
                    "true": {max_age: 36h}
                auth:
                  mode: jwt
                  secret: "0123456789 \\u00e9 abcdef:0123456789abcdef"
                  api_keys:
                    billing:
                      sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                      grants:
                        - {channels: "*", can: [publish, history]}
                        - {channels: "chat:*", can: [subscribe]}
                """, "sluice.yaml", Map.of());

        var again = ConfigReader.parse(ConfigPrinter.printRevealing(config), "printed.yaml", Map.of());

        assertThat(again).isEqualTo(config);
    }

    @Test
    void theDefaultsPrintedReadBackEqual() {
        var again = ConfigReader.parse(ConfigPrinter.print(new Config()), "printed.yaml", Map.of());

        assertThat(again).isEqualTo(new Config());
    }

    @Test
    void printingAndTheDigestShowNoSecret() {
        var one = new Config().with(AuthConfig.jwt(new Secret("a-secret-of-more-than-32-bytes-one")));
        var two = new Config().with(AuthConfig.jwt(new Secret("a-secret-of-more-than-32-bytes-two")));

        assertThat(ConfigPrinter.print(one)).doesNotContain("a-secret").contains("secret: \"********\"");
        assertThat(one.toString()).doesNotContain("a-secret");
        assertThat(ConfigPrinter.digest(one))
                .isEqualTo(ConfigPrinter.digest(two))
                .hasSize(64);
    }

    private static List<String> problemsOf(String yaml) {
        return problemsOf(yaml, Map.of());
    }

    private static List<String> problemsOf(String yaml, Map<String, String> environment) {
        var refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigReader.parse(yaml, "sluice.yaml", environment));
        return refused == null
                ? List.of()
                : Stream.of(refused.problems())
                        .flatMap(List::stream)
                        .map(Object::toString)
                        .toList();
    }
}
