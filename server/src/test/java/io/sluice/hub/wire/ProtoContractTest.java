package io.sluice.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.sluice.proto.v1.HubProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Compares hub.proto with the contract that clients have: what is there stays as it is, or its number is reserved.
 * {@code -Dgolden.update=true} adds what is new to the contract; it never takes anything out.
 */
final class ProtoContractTest {
    private static final Path CONTRACT = Path.of("src", "test", "resources", "golden", "hub.v1.contract");

    @Test
    void nothingThatClientsKnowHasChanged() throws IOException {
        var now = lines();

        var broken = new TreeSet<String>();
        for (var line : Files.readAllLines(CONTRACT)) {
            if (!now.contains(line) && !isReserved(line)) {
                broken.add(line);
            }
        }

        assertThat(broken).as("old clients would break").isEmpty();
    }

    @Test
    void whatIsNewIsWrittenDown() throws IOException {
        var known = new TreeSet<>(Files.readAllLines(CONTRACT));
        var now = new TreeSet<>(lines());
        if (Boolean.getBoolean("golden.update")) {
            known.addAll(now);
            Files.write(CONTRACT, known);
        }

        now.removeAll(known);

        assertThat(now).as("run with -Dgolden.update=true to agree to").isEmpty();
    }

    /** One line for every method, field and enum value: all that a client's generated code depends on. */
    private static List<String> lines() {
        var lines = new ArrayList<String>();
        for (var service : HubProto.getDescriptor().getServices()) {
            for (var method : service.getMethods()) {
                lines.add("rpc " + method.getFullName() + " "
                        + (method.isClientStreaming() ? "stream " : "")
                        + method.getInputType().getFullName() + " -> "
                        + (method.isServerStreaming() ? "stream " : "")
                        + method.getOutputType().getFullName());
            }
        }
        HubProto.getDescriptor().getMessageTypes().forEach(message -> add(message, lines));
        HubProto.getDescriptor().getEnumTypes().forEach(type -> add(type, lines));
        return lines;
    }

    private static void add(Descriptor message, List<String> lines) {
        if (message.getOptions().getMapEntry()) {
            return;
        }
        for (var field : message.getFields()) {
            lines.add("field " + message.getFullName() + " " + field.getNumber() + " " + field.getName() + " "
                    + type(field));
        }
        message.getNestedTypes().forEach(nested -> add(nested, lines));
        message.getEnumTypes().forEach(nested -> add(nested, lines));
    }

    private static void add(EnumDescriptor type, List<String> lines) {
        type.getValues()
                .forEach(value ->
                        lines.add("value " + type.getFullName() + " " + value.getNumber() + " " + value.getName()));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            var entry = field.getMessageType();
            return "map<" + type(entry.findFieldByNumber(1)) + "," + type(entry.findFieldByNumber(2)) + ">";
        }
        var oneof = field.getContainingOneof();
        var type = switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
        return (field.isRepeated() ? "repeated " : "") + type + (oneof == null ? "" : " oneof " + oneof.getName());
    }

    /** A field may go when neither its number nor its name can come back. */
    private static boolean isReserved(String line) {
        var words = line.split(" ", -1);
        if (!words[0].equals("field")) {
            return false;
        }
        var message = HubProto.getDescriptor().findMessageTypeByName(words[1].substring("sluice.v1.".length()));
        return message != null
                && message.isReservedNumber(Integer.parseInt(words[2]))
                && message.isReservedName(words[3]);
    }
}
