package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.conformance.Suite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The conformance suite of HTTP/2 and HPACK, h2spec 2.2.0, against a live server in clear text. Linux on x86-64.
 */
class H2SpecTest {
    private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

    @TempDir
    Path folder;

    @Test
    void everyCasePasses() throws Exception {
        var routes = new HttpRoutes()
                .add(
                        "GET",
                        "/",
                        exchange -> exchange.respond(200, Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8)))
                .add("POST", "/", exchange -> exchange.collectBody(1 << 20, body -> exchange.respond(200, body)));
        try (var server = new TestServer(routes)) {
            var suite = new ProcessBuilder(
                            binary().toString(),
                            "--host",
                            "127.0.0.1",
                            "--port",
                            "" + server.port(),
                            "--timeout",
                            "5",
                            "--strict")
                    .redirectErrorStream(true)
                    .start();
            var said = new String(suite.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(suite.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(said)
                    .contains(Suite.H2SPEC.cases() + " tests, " + Suite.H2SPEC.passed() + " passed, ")
                    .contains(", 0 skipped, 0 failed");
        }
    }

    private Path binary() throws IOException, InterruptedException {
        var archive = folder.resolve("h2spec.tar.gz");
        try (var in = Objects.requireNonNull(H2SpecTest.class.getResourceAsStream(ARCHIVE), ARCHIVE)) {
            Files.copy(in, archive);
        }
        var tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()).start();
        assertThat(tar.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return folder.resolve("h2spec");
    }
}
