package io.sluice.graphql;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import graphql.GraphQLError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes results (GraphQL section 7) as JSON on one line. */
public final class GraphQlJson {
    /** The largest result, in bytes; a larger one is answered with an error instead. */
    public static final int MAX_RESULT = 16 << 20;

    private GraphQlJson() {}

    /** A result became larger than {@link #MAX_RESULT}. */
    private static final class TooLarge extends RuntimeException {
        TooLarge() {
            super("the result is too large", null, false, false);
        }
    }

    /** A whole result. */
    public static byte[] result(GraphQlResult result) {
        var out = UnpooledByteBufAllocator.DEFAULT.heapBuffer(1024);
        try {
            write(out, result);
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }

    private static void write(ByteBuf out, GraphQlResult result) {
        open(out, result);
        if (!result.extensions().isEmpty()) {
            raw(out, ",\"extensions\":");
            value(out, result.extensions(), out.writerIndex() + MAX_RESULT);
        }
        out.writeByte('}');
    }

    /** Writes a result but for its extensions and the closing brace. One that is too large becomes an error. */
    public static void open(ByteBuf out, GraphQlResult result) {
        int start = out.writerIndex();
        try {
            members(out, result);
        } catch (TooLarge instead) {
            out.writerIndex(start);
            members(
                    out,
                    GraphQlResult.failed(List.of(GraphQlErrors.of(
                            Problem.of(ClientError.TOO_LARGE, "the result is larger than " + MAX_RESULT + " bytes")
                                    .with("limit", MAX_RESULT)))));
        }
    }

    private static void members(ByteBuf out, GraphQlResult result) {
        int limit = out.writerIndex() + MAX_RESULT;
        out.writeByte('{');
        if (!result.errors().isEmpty()) {
            raw(out, "\"errors\":");
            errors(out, result.errors());
        }
        if (result.executed()) {
            raw(out, result.errors().isEmpty() ? "\"data\":" : ",\"data\":");
            value(out, result.data(), limit);
        }
    }

    /** Writes an array of errors. */
    public static void errors(ByteBuf out, List<? extends GraphQLError> errors) {
        value(out, GraphQlErrors.specification(errors), Integer.MAX_VALUE);
    }

    private static void value(ByteBuf out, @Nullable Object value, int limit) {
        switch (value) {
            case null -> raw(out, "null");
            case RawJson json -> json.writeTo(out);
            case Map<?, ?> members -> {
                char separator = '{';
                for (var member : members.entrySet()) {
                    out.writeByte(separator);
                    string(out, String.valueOf(member.getKey()));
                    out.writeByte(':');
                    value(out, member.getValue(), limit);
                    separator = ',';
                }
                raw(out, separator == '{' ? "{}" : "}");
            }
            case Iterable<?> elements -> {
                char separator = '[';
                for (var element : elements) {
                    out.writeByte(separator);
                    value(out, element, limit);
                    separator = ',';
                }
                raw(out, separator == '[' ? "[]" : "]");
            }
            case Number number -> raw(out, number.toString());
            case Boolean truth -> raw(out, truth.toString());
            default -> string(out, value.toString());
        }
        if (out.writerIndex() > limit) {
            throw new TooLarge();
        }
    }
}
