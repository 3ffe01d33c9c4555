package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.log.EngineType;
import io.sluice.hub.log.Engines;
import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.hub.transport.Promises.Promise;
import io.sluice.hub.transport.Promises.Runs;
import io.sluice.testkit.ClientKind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The matrix has no empty cell: every transport, every engine, every promise. To write its page anew: {@code ./mvnw test -pl
 * server -Dtest=PromisesPageTest -Dgolden.update=true}.
 */
final class PromisesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "promises.md");
    private static final String TESTS = "../../server/src/test/java/";

    @Test
    void everyTransportIsReadByAKindOfClient() {
        var read = Arrays.stream(ClientKind.values()).map(ClientKind::transport).collect(Collectors.toSet());

        assertThat(Transports.ALL)
                .filteredOn(Transports.Type::opened)
                .extracting(Transports.Type::name)
                .allSatisfy(name -> assertThat(read).contains(name));
    }

    @Test
    void everyEngineIsInTheSuite() {
        var tested = Arrays.stream(Engine.values()).map(Engine::type).toList();

        assertThat(Engines.ALL).extracting(EngineType::name).containsExactlyInAnyOrderElementsOf(tested);
    }

    @ParameterizedTest
    @FieldSource("io.sluice.hub.transport.Promises#ALL")
    void isHeldForEveryKindOnEveryEngine(Promise promise) throws NoSuchMethodException {
        var parameters = promise.runs() == Runs.PER_CELL
                ? new Class<?>[] {ClientKind.class, Engine.class, Path.class}
                : new Class<?>[] {Engine.class, Path.class};

        var method = testOf(promise, parameters);

        assertThat(method.isAnnotationPresent(ParameterizedTest.class)).isTrue();
        if (promise.runs() == Runs.PER_CELL) {
            assertThat(method.getAnnotation(MethodSource.class).value())
                    .containsExactly("io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine");
        } else {
            assertThat(enginesOf(method)).containsExactlyInAnyOrder(Engine.values());
        }
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        var page = page();

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/reference/promises.md; write it anew with ./mvnw test -pl server -Dtest=PromisesPageTest "
                        + "-Dgolden.update=true")
                .exists()
                .hasContent(page);
    }

    /** The test's method, whose last parameters may be left out or be others. */
    private static Method testOf(Promise promise, Class<?>... parameters) throws NoSuchMethodException {
        int least = promise.runs() == Runs.PER_CELL ? 2 : 1;
        return Arrays.stream(promise.test().getDeclaredMethods())
                .filter(method -> method.getName().equals(promise.method()))
                .filter(method -> Arrays.equals(
                        Arrays.copyOf(method.getParameterTypes(), least), Arrays.copyOf(parameters, least)))
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(promise.toString()));
    }

    private static Engine[] enginesOf(Method method) {
        if (method.isAnnotationPresent(EnumSource.class)) {
            var source = method.getAnnotation(EnumSource.class);
            assertThat(source.names()).isEmpty();
            return Engine.values();
        }
        return Arrays.stream(method.getAnnotation(CsvSource.class).value())
                .map(row -> Engine.valueOf(row.split(",")[0].strip()))
                .distinct()
                .toArray(Engine[]::new);
    }

    private static String page() {
        var page = new StringBuilder("""
                # Every promise, every transport, every engine

                Generated from the lists that the test suite runs over; a test keeps it so. A reader is a real client on a real
                socket; it knows nothing but its cursors. A new transport or engine is in here by being in its list: one that no
                client reads, or a promise without a test, fails the build.

                | | promise | what it means | test |
                |---|---|---|---|
                """);
        for (int i = 0; i < Promises.ALL.size(); i++) {
            var promise = Promises.ALL.get(i);
            page.append("| %d | %s | %s | [%s.%s](%s) |\n"
                    .formatted(
                            i + 1,
                            promise.name(),
                            promise.meaning(),
                            promise.test().getSimpleName(),
                            promise.method(),
                            source(promise)));
        }
        for (var engine : Engine.values()) {
            page.append("\n## On the ").append(engine.type()).append(" engine\n\n");
            page.append("Each cell names the test by its number above.\n\n| promise |");
            for (var kind : ClientKind.values()) {
                page.append(' ').append(title(kind)).append(" |");
            }
            page.append("\n|---|")
                    .append("---|".repeat(ClientKind.values().length))
                    .append('\n');
            for (int i = 0; i < Promises.ALL.size(); i++) {
                var promise = Promises.ALL.get(i);
                var cell = " [%d](%s) |".formatted(i + 1, source(promise));
                page.append("| ")
                        .append(promise.name())
                        .append(" |")
                        .append(cell.repeat(ClientKind.values().length))
                        .append('\n');
            }
        }
        page.append("""

                The tests marked by one run per engine (%s) have all kinds of reader in that run; every other test runs once per
                cell. To run one cell, or all of them:

                ```sh
                ./mvnw -pl server test -Dtest='Transport*Test'
                ```
                """.formatted(Promises.ALL.stream()
                .filter(promise -> promise.runs() == Runs.ALL_AT_ONCE)
                .map(Promise::name)
                .collect(Collectors.joining(", "))));
        return page.toString();
    }

    private static String source(Promise promise) {
        return TESTS + promise.test().getName().replace('.', '/') + ".java";
    }

    private static String title(ClientKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
