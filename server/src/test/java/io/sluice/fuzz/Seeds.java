package io.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Inputs as lines of text, in the test resources' folder {@code fuzz}: where a target begins, and what was found. Printable ASCII
 * stands for itself; {@code \r}, {@code \n}, {@code \t}, {@code \\} and {@code \x00} for the rest, {@code \e} for the end, so that
 * the empty input is a line too; {@code #} begins a comment.
 */
final class Seeds {
    private Seeds() {}

    static List<byte[]> of(String target) {
        var name = "/fuzz/" + target + ".txt";
        try (var in = Objects.requireNonNull(Seeds.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(Seeds::parse)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static byte[] parse(String line) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                out.write(c);
                continue;
            }
            char escape = line.charAt(++i);
            switch (escape) {
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 't' -> out.write('\t');
                case '\\' -> out.write('\\');
                case 'e' -> {
                    return out.toByteArray();
                }
                case 'x' -> {
                    out.write(HexFormat.fromHexDigits(line, i + 1, i + 3));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("no escape: \\" + escape + " in " + line);
            }
        }
        return out.toByteArray();
    }

    static String print(byte[] input) {
        if (input.length == 0) {
            return "\\e";
        }
        var out = new StringBuilder();
        for (int i = 0; i < input.length; i++) {
            byte b = input[i];
            switch (b) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    boolean plain = b >= 0x20 && b < 0x7f && !(i == 0 && b == '#');
                    out.append(plain ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xff));
                }
            }
        }
        return out.toString();
    }
}
