package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import io.sluice.config.Config;
import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.SmallDisk;
import io.sluice.testkit.WebSocketClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees at night, in a real browser: an engine that refuses, a server that goes away. */
final class ConsoleTroubleTest {
    private static Chromium chromium;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void close() {
        chromium.close();
    }

    @Test
    void aSickEngineIsToldOnEveryViewUntilItIsWell(@TempDir Path folder) throws Exception {
        try (var small = new SmallDisk(Files.createDirectory(folder.resolve("disk")))) {
            var disk = new DiskConfig(small.reserve(), DataSize.mib(1));
            var hub = new HubConfig()
                    .in(small.folder().resolve("data"))
                    .with(disk)
                    .with(new NamespaceConfig());
            try (var server = EdgeServer.with(new Config().with(hub))) {
                fallSickAndRecover(server, small);
            }
        }
    }

    private static void fallSickAndRecover(EdgeServer server, SmallDisk small) {
        new ApiClient(server).publish("news", "\"before\"");
        try (var light = open(server, "", WebPage.light());
                var dark = open(server, "#/channels/news", WebPage.dark());
                var phone = open(server, "#/sessions", WebPage.phone())) {
            light.await("#engines li[data-state=good]", "disk.*takes publications");
            assertThat(light.page().isVisible("#trouble")).isFalse();
            small.fill();

            light.await("#engines li[data-state=bad]", "disk.*(room is left|failed)");
            for (var console : List.of(light, dark, phone)) {
                console.await("#trouble:not([hidden])", "^disk is sick$");
            }
            assertThat(light.page().getAttribute("#trouble", "title")).startsWith("disk: ");
            dark.page().click("#publish-form button");
            dark.await("#publish-error", "(room is left|failed)");
            assertThat(dark.history()).containsExactly("before");
            var faults = List.of(
                    light.visit().screenshot("console-sick-light").faults(),
                    dark.visit().screenshot("console-sick-dark").faults(),
                    phone.visit().screenshot("console-sick-phone").faults());
            phone.page().click("#trouble");
            phone.page().waitForSelector("#overview:visible");

            small.free();
            light.await("#engines li[data-state=good]", "disk.*takes publications");
            light.page().waitForFunction("() => document.querySelector('#trouble').hidden");
            dark.page().click("#publish-form button");
            dark.page().waitForFunction("() => document.querySelector('#history pre').textContent.includes('hello')");

            assertThat(dark.page().textContent("#publish-error")).isEmpty();
            // The refused publish is the only thing that the browser complains of.
            assertThat(faults.get(1)).allMatch(fault -> fault.contains("503"));
            assertThat(faults.get(0)).isEmpty();
            assertThat(faults.get(2)).isEmpty();
        }
    }

    @Test
    void aDrainIsToldOnEveryViewAndSeenToItsEnd() throws InterruptedException {
        try (var server = EdgeServer.inMemory();
                var alice = WebSocketClient.connectAs(server, "alice");
                var light = open(server, "", WebPage.light());
                var phone = open(server, "#/sessions", WebPage.phone())) {
            alice.call("subscribe", "\"channel\":\"news\"");
            light.awaitTile("Sessions", "^1$");
            phone.rows("sessions", "alice").waitFor();

            var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(20)));
            light.await("#trouble:not([hidden])", "^draining$");
            light.await("#about", "^Draining: ");
            phone.await("#trouble:not([hidden])", "^draining$");
            alice.next("drain");
            var faults = List.of(
                    light.visit().screenshot("console-draining-light").faults(),
                    phone.visit().screenshot("console-draining-phone").faults());
            alice.raw().reset();
            drain.join();
            light.awaitTile("Sessions", "^0$");
            phone.await("#sessions .count", "^0$");

            assertThat(light.page().getAttribute("#state", "data-state")).isEqualTo("live");
            assertThat(faults).allSatisfy(each -> assertThat(each).isEmpty());
        }
    }

    private static ConsolePage open(EdgeServer server, String view, Browser.NewContextOptions options) {
        return ConsolePage.open(chromium.browser(), server.admin(""), view, options);
    }
}
