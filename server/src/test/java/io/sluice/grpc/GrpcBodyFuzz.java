package io.sluice.grpc;

import static io.sluice.fuzz.FuzzTarget.check;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** A body holds the same messages in whatever pieces it comes; what it cannot hold ends the call with a status. */
public final class GrpcBodyFuzz implements FuzzTarget {
    private static final int MAX_MESSAGE = 300;

    @Override
    public void run(byte[] input) {
        for (boolean gzip : new boolean[] {true, false}) {
            var whole = read(input, Math.max(1, input.length), gzip);
            var pieces = read(input, 1 + input.length % 7, gzip);
            check(whole.equals(pieces), whole + " in one piece, else " + pieces);
        }
    }

    private static List<String> read(byte[] input, int pieces, boolean gzip) {
        var memory = new UnpooledByteBufAllocator(false, true);
        var reader = new MessageReader(MAX_MESSAGE, gzip, memory);
        var messages = new ArrayList<String>();
        try {
            for (int from = 0; from < input.length; from += pieces) {
                int length = Math.min(pieces, input.length - from);
                reader.add(memory.directBuffer(length).writeBytes(input, from, length));
                for (var message = reader.next(); message != null; message = reader.next()) {
                    var bytes = message.readAllBytes();
                    check(bytes.length <= MAX_MESSAGE, "a message of " + bytes.length);
                    messages.add(HexFormat.of().formatHex(bytes));
                }
            }
            messages.add(reader.isEmpty() ? "whole" : "half");
        } catch (StatusRuntimeException ended) {
            check(
                    Set.of(Status.Code.INTERNAL, Status.Code.RESOURCE_EXHAUSTED)
                            .contains(ended.getStatus().getCode()),
                    ended.toString());
            messages.add(ended.getStatus().toString());
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        } finally {
            reader.release();
        }
        long left = memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
        check(left == 0, left + " bytes of buffers were not given back");
        return messages;
    }
}
