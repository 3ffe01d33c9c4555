package io.sluice.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every suite and every client has a test that plays it. To write their page anew: {@code ./mvnw test -pl server
 * -Dtest=ConformancePageTest -Dgolden.update=true}.
 */
final class ConformancePageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "conformance.md");
    private static final String TESTS = "../../server/src/test/java/";

    /** One test by its class and method. */
    record Named(String test, String method) {}

    static Stream<Named> tests() {
        return Stream.concat(
                Stream.of(Suite.values()).map(suite -> new Named(suite.test(), suite.method())),
                Peer.ALL.stream().map(peer -> new Named(peer.test(), peer.method())));
    }

    @ParameterizedTest
    @MethodSource("tests")
    void isPlayedByATest(Named named) throws ReflectiveOperationException {
        var method = Class.forName(named.test).getDeclaredMethod(named.method);

        assertThat(method.isAnnotationPresent(Test.class)).isTrue();
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        var page = page();

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "docs/reference/conformance.md; write it anew with ./mvnw test -pl server -Dtest=ConformancePageTest "
                                + "-Dgolden.update=true")
                .exists()
                .hasContent(page);
    }

    private static String page() {
        var page = new StringBuilder("""
                # What others' suites and clients say

                Generated from the lists that the tests run over; a test keeps it so. Every suite and every client here is played
                against a real server in each `./sluice test`, in its published version, and the build fails when a number is another
                one.

                ## Suites

                | suite | against | cases | pass | what else |
                |---|---|---|---|---|
                """);
        for (var suite : Suite.values()) {
            page.append("| [%s](%s) | %s | %d | %d | %s |\n"
                    .formatted(
                            suite.title(),
                            source(suite.test()),
                            suite.on(),
                            suite.cases(),
                            suite.passed(),
                            suite.otherwise()));
        }
        page.append("""

                ## Clients

                | client | does |
                |---|---|
                """);
        for (var peer : Peer.ALL) {
            page.append("| [%s](%s) | %s |\n".formatted(peer.name(), source(peer.test()), peer.does()));
        }
        page.append("""

                Chromium drives the demo pages, with its own `WebSocket`, `EventSource` and `fetch`; the JavaScript and the Java
                client are in [promises](promises.md). To play one suite:

                ```sh
                ./mvnw -pl server -am test -Dtest=AutobahnTest -Dsluice.autobahn=all -Dsurefire.failIfNoSpecifiedTests=false
                ```
                """);
        return page.toString();
    }

    private static String source(String test) {
        return TESTS + test.replace('.', '/') + ".java";
    }
}
