package io.sluice.client;

/** Walks over one JSON text (RFC 8259) and checks it; nesting is bounded by {@link #MAX_DEPTH}. Used by one thread, once. */
final class JsonScanner {
    static final int MAX_DEPTH = 512;

    private final String text;
    private int at;
    private int depth;

    JsonScanner(String text) {
        this.text = text;
    }

    /** Takes a member of an object: its name, and where its value begins and ends. */
    interface Member {
        void at(String name, int from, int to);
    }

    /** Takes an element of an array: where it begins and ends. */
    interface Element {
        void at(int from, int to);
    }

    /** The content of a JSON string that has been checked, quotes included. */
    static String string(String raw) {
        return new JsonScanner(raw).string();
    }

    /** {@code text} as a JSON string, in quotes. */
    static String quoted(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    void object(Member member) {
        space();
        expect('{');
        descend();
        space();
        if (!take('}')) {
            do {
                space();
                var name = string();
                space();
                expect(':');
                space();
                int from = at;
                value();
                member.at(name, from, at);
                space();
            } while (take(','));
            expect('}');
        }
        depth--;
    }

    void array(Element element) {
        space();
        expect('[');
        descend();
        space();
        if (!take(']')) {
            do {
                space();
                int from = at;
                value();
                element.at(from, at);
                space();
            } while (take(','));
            expect(']');
        }
        depth--;
    }

    /** Checks that nothing but white space follows. */
    void end() {
        space();
        if (at < text.length()) {
            throw wrong("the end");
        }
    }

    private void value() {
        switch (peek()) {
            case '{' -> object((name, from, to) -> {});
            case '[' -> array((from, to) -> {});
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private String string() {
        expect('"');
        int from = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                return text.substring(from, at++);
            }
            if (c == '\\') {
                return escaped(from);
            }
            if (c < 0x20) {
                throw wrong("no control character");
            }
            at++;
        }
        throw wrong("the end of a string");
    }

    /** The rest of a string that has an escape at {@link #at}. */
    private String escaped(int from) {
        var out = new StringBuilder(text.substring(from, at));
        for (char c = next(); c != '"'; c = next()) {
            if (c < 0x20) {
                throw wrong("no control character");
            }
            out.append(c == '\\' ? escape() : c);
        }
        return out.toString();
    }

    private char escape() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an escape");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0 || text.charAt(at - 1) > 'f') {
                throw wrong("four hexadecimal digits");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private void number() {
        take('-');
        if (!take('0')) {
            digits();
        }
        if (take('.')) {
            digits();
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            digits();
        }
    }

    private void digits() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == from) {
            throw wrong("a value");
        }
    }

    private void word(String word) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value");
        }
        at += word.length();
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void descend() {
        if (++depth > MAX_DEPTH) {
            throw wrong("at most " + MAX_DEPTH + " levels");
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("a value");
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw wrong("'" + c + "'");
        }
    }

    private MalformedJson wrong(String expected) {
        return new MalformedJson("at character " + at + " of the JSON there must be " + expected);
    }
}
