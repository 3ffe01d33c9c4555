package io.sluice.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Protobuf files by name, and by what they define. Filled at start, then read-only. */
final class DescribedFiles {
    private final Map<String, FileDescriptor> byName = new LinkedHashMap<>();
    private final Map<String, FileDescriptor> bySymbol = new HashMap<>();
    private final List<FieldDescriptor> extensions = new ArrayList<>();

    /** Adds a file and what it imports. */
    void add(FileDescriptor root) {
        for (var file : withDependencies(root)) {
            if (byName.putIfAbsent(file.getFullName(), file) == null) {
                index(file);
            }
        }
    }

    @Nullable
    FileDescriptor named(String file) {
        return byName.get(file);
    }

    /** The file that defines a service, method, message, enum or extension. */
    @Nullable
    FileDescriptor holding(String symbol) {
        return bySymbol.get(symbol);
    }

    /** The file that extends {@code type} with the field {@code number}. */
    @Nullable
    FileDescriptor extending(String type, int number) {
        for (var extension : extensions) {
            if (extension.getNumber() == number
                    && extension.getContainingType().getFullName().equals(type)) {
                return extension.getFile();
            }
        }
        return null;
    }

    List<Integer> extensionsOf(String type) {
        return extensions.stream()
                .filter(extension -> extension.getContainingType().getFullName().equals(type))
                .map(FieldDescriptor::getNumber)
                .toList();
    }

    /** A file and everything that it imports, itself first. */
    static Collection<FileDescriptor> withDependencies(FileDescriptor root) {
        var found = new LinkedHashMap<String, FileDescriptor>();
        collect(root, found);
        return found.values();
    }

    private static void collect(FileDescriptor file, Map<String, FileDescriptor> found) {
        if (found.putIfAbsent(file.getFullName(), file) == null) {
            file.getDependencies().forEach(imported -> collect(imported, found));
        }
    }

    private void index(FileDescriptor file) {
        file.getMessageTypes().forEach(this::index);
        file.getEnumTypes().forEach(type -> bySymbol.put(type.getFullName(), file));
        file.getExtensions().forEach(this::index);
        for (var service : file.getServices()) {
            bySymbol.put(service.getFullName(), file);
            service.getMethods().forEach(method -> bySymbol.put(method.getFullName(), file));
        }
    }

    private void index(Descriptor message) {
        bySymbol.put(message.getFullName(), message.getFile());
        message.getNestedTypes().forEach(this::index);
        message.getEnumTypes().forEach(type -> bySymbol.put(type.getFullName(), message.getFile()));
        message.getExtensions().forEach(this::index);
    }

    private void index(FieldDescriptor extension) {
        bySymbol.put(extension.getFullName(), extension.getFile());
        extensions.add(extension);
    }
}
