package io.sluice.hub;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.ClientError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A text is refused as a cursor, or prints as one that reads the same; every cursor that is printed is read. */
public final class CursorFuzz implements FuzzTarget {
    private static final List<ChannelName> CHANNELS =
            List.of(new ChannelName("news"), new ChannelName("room:1"), new ChannelName("user:alice"));

    @Override
    public void run(byte[] input) {
        var text = new String(input, StandardCharsets.UTF_8);
        position(text);
        name(text);
        for (int count = 1; count <= CHANNELS.size(); count++) {
            readAndPrinted(text, CHANNELS.subList(0, count));
        }
        printedAndRead(ByteBuffer.wrap(input));
    }

    private static void position(String text) {
        var position = Position.parse(text);
        check(position == null || position.toString().equals(text), text + " prints as " + position);
    }

    private static void name(String text) {
        var name = ChannelName.parse(text);
        check(name == null || name.value().equals(text) && !name.isInternal(), "a name: " + name);
    }

    private static void readAndPrinted(String text, List<ChannelName> channels) {
        switch (Cursor.parse(text, channels)) {
            case Outcome.Refused<List<Start>>(var problem) ->
                check(problem.error() == ClientError.BAD_CURSOR, problem.toString());
            case Outcome.Done<List<Start>>(var starts) -> {
                check(starts.size() == channels.size(), "a start for every channel");
                var positions = positions(starts);
                if (positions.size() == channels.size()) {
                    same(positions, channels);
                }
            }
        }
    }

    /** Each twelve bytes are a generation and an offset in the next channel. */
    private static void printedAndRead(ByteBuffer input) {
        var positions = new ArrayList<Position>();
        while (input.remaining() >= 12 && positions.size() < CHANNELS.size()) {
            var epoch = Epoch.of(CHANNELS.get(positions.size()), input.getInt());
            positions.add(new Position(epoch, input.getLong() & Long.MAX_VALUE));
        }
        if (!positions.isEmpty()) {
            same(positions, CHANNELS.subList(0, positions.size()));
        }
    }

    private static void same(List<Position> positions, List<ChannelName> channels) {
        var printed = Cursor.print(positions);
        var read = Cursor.parse(printed, channels);
        check(
                read instanceof Outcome.Done<List<Start>>(var starts)
                        && positions(starts).equals(positions),
                positions + " print as " + printed + ", which reads as " + read);
    }

    private static List<Position> positions(List<Start> starts) {
        var positions = new ArrayList<Position>();
        for (var start : starts) {
            if (start instanceof Start.After(var position)) {
                positions.add(position);
            }
        }
        return positions;
    }
}
