package io.sluice.admin;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The modules that a page needs before it runs: its scripts, what these import, and so on. Told with the page, all of them are asked
 * for at once; a browser that finds them one import after the other waits once for each step.
 */
final class ModuleGraph {
    private static final Pattern SCRIPT = Pattern.compile("<script type=\"module\" src=\"([^\"]+)\"");
    private static final Pattern IMPORT =
            Pattern.compile("^(?:import|export)\\b[^;\"']*\"(\\.[^\"]+)\"", Pattern.MULTILINE);

    private ModuleGraph() {}

    /** The page's {@code Link} field (RFC 8288) with {@code modulepreload}s; empty where it has no scripts. */
    static String preloads(String page, Map<String, byte[]> files) {
        Set<String> found = new LinkedHashSet<>();
        var unread = new ArrayDeque<String>();
        collect(SCRIPT, page, files, found, unread);
        for (var module = unread.poll(); module != null; module = unread.poll()) {
            collect(IMPORT, module, files, found, unread);
        }
        return found.stream()
                .map(module -> "</" + module + ">; rel=modulepreload")
                .collect(Collectors.joining(", "));
    }

    private static void collect(
            Pattern reference, String from, Map<String, byte[]> files, Set<String> found, ArrayDeque<String> unread) {
        var matches = reference.matcher(text(files.get(from)));
        while (matches.find()) {
            var module =
                    URI.create("/" + from).resolve(matches.group(1)).getPath().substring(1);
            if (files.containsKey(module) && found.add(module)) {
                unread.add(module);
            }
        }
    }

    private static String text(byte @Nullable [] file) {
        return file == null ? "" : new String(file, StandardCharsets.UTF_8);
    }
}
