package io.sluice.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One fenced block of a page.
 *
 * @param line where it begins
 * @param language the first word after the fence
 * @param words the others: {@code name} or {@code name=value}
 * @param shown what stands in the {@code text} block directly below; empty where there is none
 */
record Block(Path page, int line, String language, Map<String, String> words, String body, String shown) {
    static final String SHOWN = "text";

    private static final Pattern BLOCK =
            Pattern.compile("^```([a-z]*)([^\\n]*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    /** All blocks of a page in order, each with what it prints. A {@code text} block below none stands for itself. */
    static List<Block> of(Path page) throws IOException {
        var text = Files.readString(page);
        var blocks = new ArrayList<Block>();
        int end = 0;
        for (var found : BLOCK.matcher(text).results().toList()) {
            var block = new Block(
                    page,
                    (int) text.substring(0, found.start()).lines().count() + 1,
                    found.group(1),
                    words(found.group(2)),
                    found.group(3),
                    "");
            boolean below =
                    !blocks.isEmpty() && text.substring(end, found.start()).isBlank();
            if (block.language.equals(SHOWN) && below && blocks.getLast().shown.isEmpty()) {
                blocks.add(blocks.removeLast().showing(block.body));
            } else {
                blocks.add(block);
            }
            end = found.end();
        }
        return blocks;
    }

    private static Map<String, String> words(String info) {
        var words = new TreeMap<String, String>();
        for (var word : info.strip().split("\\s+")) {
            var parts = word.split("=", 2);
            words.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        words.remove("");
        return words;
    }

    boolean is(String word) {
        return words.containsKey(word);
    }

    Block showing(String text) {
        return new Block(page, line, language, words, body, text);
    }

    Block withBody(String other) {
        return new Block(page, line, language, words, other, shown);
    }

    @Override
    public String toString() {
        return page.getFileName() + ":" + line + " " + language;
    }
}
