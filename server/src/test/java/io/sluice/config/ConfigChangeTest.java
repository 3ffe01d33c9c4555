package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {
    @Test
    void everyLiveSettingIsOneThatThereIs() {
        var known = new ArrayList<String>();
        collect(Config.class, "", known);

        assertThat(known).containsAll(ConfigChange.LIVE);
    }

    @Test
    void settingsOfMapsAreToldByName() {
        var running =
                parsed("hub: {namespaces: {chat: {max_messages: 1}, old: {}}}\nwebhooks: {in: {pay: %s, gone: %s}}");
        var read = parsed("hub: {namespaces: {chat: {max_messages: 2}, new: {}}}\nwebhooks: {in: {pay: %s, ship: %s}}");

        var change = ConfigChange.between(running, read);

        assertThat(change.applied()).containsExactly("webhooks.in.gone", "webhooks.in.ship");
        assertThat(change.restart()).containsExactly("hub.namespaces.chat", "hub.namespaces.new", "hub.namespaces.old");
        assertThat(change.config()).isEqualTo(running.with(read.webhooks()));
    }

    @Test
    void wholeSectionsThatComeAndGoAreOneSetting() {
        var running = new Config();
        var read = parsed("edge: {tls: {certificate: a.pem, key: b.pem}}\nlimits: {address: {connects: 1/1s}}");

        var change = ConfigChange.between(running, read);

        assertThat(change.restart()).containsExactly("edge.tls");
        assertThat(change.applied()).containsExactly("limits.address.connects");
        assertThat(change.config()).isEqualTo(running.with(read.limits()));
    }

    private static Config parsed(String yaml) {
        var hook = "{style: github, secrets: [sixteen-bytes-or-more], channel: news}";
        return ConfigReader.parse(yaml.replace("%s", hook), "test.yaml", Map.of());
    }

    private static void collect(Class<?> type, String path, List<String> known) {
        for (var component : type.getRecordComponents()) {
            var at = (path.isEmpty() ? "" : path + ".") + Keys.key(component);
            known.add(at);
            if (component.getType().isRecord() && !Scalars.isScalar(component.getType())) {
                collect(component.getType(), at, known);
            }
        }
    }
}
