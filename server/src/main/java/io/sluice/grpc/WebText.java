package io.sluice.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Base64;

/** Decodes the body of a text request: base64, perhaps in several padded pieces, cut anywhere. Confined to its loop. */
final class WebText {
    private final byte[] rest = new byte[3];
    private int restLength;

    /** What can be decoded now; takes {@code part} over. Throws IllegalArgumentException when it is not base64. */
    ByteBuf decode(ByteBuf part) {
        var text = Arrays.copyOf(rest, restLength + part.readableBytes());
        part.readBytes(text, restLength, part.readableBytes());
        part.release();
        int whole = text.length - text.length % 4;
        restLength = text.length - whole;
        System.arraycopy(text, whole, rest, 0, restLength);
        var out = Unpooled.buffer(whole / 4 * 3);
        for (int start = 0; start < whole; ) {
            int end = start + 4;
            while (end < whole && text[end - 1] != '=') {
                end += 4;
            }
            out.writeBytes(Base64.getDecoder().decode(Arrays.copyOfRange(text, start, end)));
            start = end;
        }
        return out;
    }

    /** True when the text ended inside a group of four. */
    boolean isPartial() {
        return restLength > 0;
    }
}
