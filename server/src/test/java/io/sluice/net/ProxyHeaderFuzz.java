package io.sluice.net;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.buffer.Unpooled;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.net.ProxyProtocol.Reading;
import java.nio.charset.StandardCharsets;

/**
 * A PROXY header is complete, incomplete or none: what comes behind it changes nothing, nor does its coming in pieces, and what is
 * incomplete is short.
 */
public final class ProxyHeaderFuzz implements FuzzTarget {
    private static final byte[] BEHIND = "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void run(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var whole = read(input, input.length);
        switch (whole) {
            case Reading.Complete(int length, var client) -> {
                check(length > 0 && length <= input.length, "a header of " + length + " in " + input.length);
                check(client == null || !client.isUnresolved(), "a name was taken for an address");
                for (int end = 1; end < length; end++) {
                    check(read(input, end) instanceof Reading.Incomplete, "it was not awaited at " + end);
                }
                check(read(input, length).equals(whole), "without what is behind it, it is another");
            }
            case Reading.Malformed(var why) -> {
                check(!why.isBlank(), "it does not say why");
                var more = Unpooled.wrappedBuffer(input, BEHIND);
                check(ProxyProtocol.read(more) instanceof Reading.Malformed, "more bytes made it good");
            }
            case Reading.Incomplete() ->
                check(input.length < 16 + ProxyProtocol.MAX_REST, input.length + " bytes are no header yet");
        }
    }

    private static Reading read(byte[] input, int length) {
        return ProxyProtocol.read(Unpooled.wrappedBuffer(input, 0, length));
    }
}
