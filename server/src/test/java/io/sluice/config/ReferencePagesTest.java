package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.ClientError;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The reference pages are what the code says. To write them anew: {@code ./mvnw test -pl server -Dtest=ReferencePagesTest
 * -Dgolden.update=true}.
 */
class ReferencePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "reference");
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "sluice", "config");

    private final StringBuilder page = new StringBuilder();

    @Test
    void theConfigurationPageIsUpToDate() throws IOException {
        page.append("""
                # Configuration

                Generated from the records in `io.sluice.config`; a test keeps it so. One YAML file, read by
                `sluice serve --config FILE`. Every key can be set by a variable too: `edge.port` is `SLUICE_EDGE_PORT`; lists are
                separated by commas. `sluice print-config` shows what applies, `sluice check-config FILE` reports every mistake with
                its line. Durations: `5ms`, `25s`, `10m`, `24h`, `7d`. Sizes: `512`, `64KiB`, `10MB`. Paths are relative to the
                folder in which the server is started.
                """);
        section(Config.class, "", new Config());
        page.append("""

                ## Without a restart

                `POST /v1/admin/reload` on the admin port reads the file again. A running server takes these settings at once, each with all
                that is below it, and says which others wait for a restart:

                """);
        ConfigChange.LIVE.forEach(key -> page.append("- `").append(key).append("`\n"));

        compare("config.md");
    }

    @Test
    void theLimitsPageIsUpToDate() throws IOException {
        page.append("""
                # Limits

                Generated from the records in `io.sluice.config`; a test keeps it so. Every bound that can be set, with its default
                and what happens beyond it. Rates read as `100/10s`: so many may be taken at once, and they come back evenly over
                the time. What is refused for its rate is 429 with `Retry-After`, `RateLimit` and `RateLimit-Policy`, or an error
                reply with `retry_after_ms`; the policy's name is the key's, such as `user-publishes`.

                | key | default | what it bounds |
                |---|---|---|
                """);
        limits(Config.class, "", new Config());

        compare("limits.md");
    }

    private void limits(Class<?> type, String path, @Nullable Object defaults) throws IOException {
        var docs = path.isEmpty() ? Map.<String, String>of() : documentation(type);
        for (var component : type.getRecordComponents()) {
            var key = (path.isEmpty() ? "" : path + ".") + Keys.key(component);
            var value = defaults == null ? null : RecordBinder.read(component, defaults);
            var raw = component.getType();
            if (component.getGenericType() instanceof ParameterizedType generic) {
                var item = (Class<?>) generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
                if (item.isRecord() && !Scalars.isScalar(item)) {
                    limits(item, key + (raw == Map.class ? ".<name>" : "[]"), fresh(item));
                }
            } else if (raw.isRecord() && !Scalars.isScalar(raw)) {
                limits(raw, key, value != null ? value : fresh(raw));
            } else if (isLimit(component)) {
                var shown = value == null ? "must be set" : "`" + Scalars.print(value) + "`";
                page.append("| `%s` | %s | %s |\n".formatted(key, shown, docs.getOrDefault(component.getName(), "")));
            }
        }
    }

    private static boolean isLimit(RecordComponent component) {
        return component.getType() == Rate.class
                || component.getName().matches("max[A-Z].*|(.*T|t)imeout|.*Ttl|.*Skew|.*Grace|.*Window|.*Memory");
    }

    @Test
    void theErrorsPageIsUpToDate() throws IOException {
        page.append("""
                # Errors

                Generated from `io.sluice.http.ClientError`; a test keeps it so. Every refusal is `application/problem+json`
                (RFC 9457) with `type` `urn:sluice:problem:<code>`; over WebSocket the same codes come in error replies. Those that
                may be tried again say when, in `Retry-After` or `retry_after_ms`.

                | code | status | meaning | says when to come back |
                |---|---|---|---|
                """);
        for (var error : ClientError.values()) {
            page.append("| `%s` | %d | %s | %s |\n"
                    .formatted(error.code(), error.status(), error.title(), error.mayRetry() ? "yes" : ""));
        }

        compare("errors.md");
    }

    @Test
    void theWordsOfAGrantAreTheVerbs() {
        var verbs = Arrays.stream(io.sluice.auth.Verb.values())
                .map(verb -> verb.name().toLowerCase(Locale.ROOT))
                .toList();

        assertThat(GrantConfig.VERBS).isEqualTo(verbs);
    }

    private void section(Class<?> type, String path, @Nullable Object defaults) throws IOException {
        var docs = documentation(type);
        if (!path.isEmpty()) {
            page.append("\n## ")
                    .append(path)
                    .append("\n\n")
                    .append(docs.get(""))
                    .append("\n\n");
            page.append("| key | default | meaning |\n|---|---|---|\n");
            for (var component : type.getRecordComponents()) {
                row(component, docs, path, defaults);
            }
        }
        for (var component : type.getRecordComponents()) {
            var key = (path.isEmpty() ? "" : path + ".") + Keys.key(component);
            var value = defaults == null ? null : RecordBinder.read(component, defaults);
            var raw = component.getType();
            if (component.getGenericType() instanceof ParameterizedType generic) {
                var item = (Class<?>) generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
                if (item.isRecord() && !Scalars.isScalar(item)) {
                    section(item, key + (raw == Map.class ? ".<name>" : "[]"), fresh(item));
                }
            } else if (raw.isRecord() && !Scalars.isScalar(raw)) {
                section(raw, key, value != null ? value : fresh(raw));
            }
        }
    }

    private void row(RecordComponent component, Map<String, String> docs, String path, @Nullable Object defaults) {
        var key = Keys.key(component);
        var value = defaults == null ? null : RecordBinder.read(component, defaults);
        var shown = value == null
                ? (RecordBinder.isNullable(component) || defaults != null ? "" : "must be set")
                : value instanceof Record && !Scalars.isScalar(value.getClass()) || value instanceof Map
                        ? "see below"
                        : "`" + Scalars.print(value) + "`";
        var meaning = docs.getOrDefault(component.getName(), "");
        assertThat(meaning).as("documentation of " + path + "." + key).isNotEmpty();
        if (component.getType().isEnum()) {
            meaning += ". One of "
                    + Arrays.stream(component.getType().getEnumConstants())
                            .map(constant -> "`" + Keys.word((Enum<?>) constant) + "`")
                            .collect(Collectors.joining(", "));
        }
        page.append("| `%s` | %s | %s |\n".formatted(key, shown, meaning));
    }

    private static @Nullable Object fresh(Class<?> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException everythingMustBeGiven) {
            return null;
        }
    }

    /** The record's first sentences under the empty name, and what its javadoc says of each component. */
    private static Map<String, String> documentation(Class<?> type) throws IOException {
        var source = Files.readString(SOURCES.resolve(type.getSimpleName() + ".java"));
        var javadoc = source.substring(source.indexOf("/**") + 3, source.indexOf("*/\npublic record"));
        var text = javadoc.replaceAll("\n \\*", "\n").replaceAll("\\{@(code|link) ([^}]*)}", "`$2`");
        var parts = text.split("@param ", -1);
        var docs = new java.util.HashMap<String, String>();
        docs.put("", parts[0].replaceAll("<p>", "").replaceAll("\\s+", " ").trim());
        for (int i = 1; i < parts.length; i++) {
            var named = Pattern.compile("(\\w+)\\s+(.*)", Pattern.DOTALL).matcher(parts[i]);
            if (named.matches()) {
                docs.put(named.group(1), named.group(2).replaceAll("\\s+", " ").trim());
            }
        }
        return docs;
    }

    private void compare(String name) throws IOException {
        var file = PAGES.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(PAGES);
            Files.writeString(file, page);
        }
        assertThat(file)
                .as("docs/reference/" + name + "; write it anew with ./mvnw test -pl server -Dtest=ReferencePagesTest "
                        + "-Dgolden.update=true")
                .exists()
                .hasContent(page.toString());
    }
}
