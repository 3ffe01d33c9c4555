package io.sluice.hub;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Where a reader of one or several channels stands, as text. Over one channel it is the position. Over several it is a
 * URL-safe token of one (epoch, offset) per channel; the channels themselves are not in it, since an epoch tells which
 * channel it is of. A reader may also name one position per channel, separated by commas.
 */
public final class Cursor {
    /** How many channels one cursor may hold. */
    public static final int MAX_CHANNELS = 100;

    private static final int VERSION = 1;
    private static final int MAX_TEXT = 4 + MAX_CHANNELS * (8 + 9) * 4 / 3;

    private Cursor() {}

    /**
     * Reads {@code text} as a cursor over {@code channels}: one start per channel, in their order. A channel that the cursor
     * does not hold starts at {@code latest}; a cursor that holds none of them is refused.
     */
    public static Outcome<List<Start>> parse(String text, List<ChannelName> channels) {
        if (text.equals("earliest")) {
            return all(new Start.Earliest(), channels);
        }
        if (text.equals("latest")) {
            return all(new Start.Latest(), channels);
        }
        if (text.indexOf(',') >= 0) {
            return positions(text.split(",", -1), channels);
        }
        if (text.indexOf('.') >= 0) {
            return positions(new String[] {text}, channels);
        }
        return token(text, channels);
    }

    /** Prints one position per channel, in the channels' order. */
    public static String print(List<Position> positions) {
        if (positions.size() == 1) {
            return positions.getFirst().toString();
        }
        var bytes = ByteBuffer.allocate(1 + positions.size() * 18);
        bytes.put((byte) VERSION);
        for (var position : positions) {
            bytes.putLong(position.epoch());
            putVarint(bytes, position.offset());
        }
        bytes.flip();
        var exact = new byte[bytes.remaining()];
        bytes.get(exact);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(exact);
    }

    private static Outcome<List<Start>> all(Start start, List<ChannelName> channels) {
        return new Outcome.Done<>(channels.stream().map(channel -> start).toList());
    }

    private static Outcome<List<Start>> positions(String[] texts, List<ChannelName> channels) {
        var positions = new ArrayList<Position>();
        if (texts.length > MAX_CHANNELS) {
            return bad("holds more than " + MAX_CHANNELS + " positions");
        }
        for (var text : texts) {
            var position = Position.parse(text);
            if (position == null) {
                return bad("is not one of ours");
            }
            positions.add(position);
        }
        return match(positions, channels);
    }

    private static Outcome<List<Start>> token(String text, List<ChannelName> channels) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            return bad("is not one of ours");
        }
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.get() != VERSION) {
                return bad("is not one of ours");
            }
            var positions = new ArrayList<Position>();
            while (bytes.hasRemaining()) {
                positions.add(new Position(bytes.getLong(), varint(bytes)));
            }
            return match(positions, channels);
        } catch (IllegalArgumentException | BufferUnderflowException notOurs) {
            return bad("is not one of ours");
        }
    }

    private static Outcome<List<Start>> match(List<Position> positions, List<ChannelName> channels) {
        var unused = new ArrayList<>(positions);
        var starts = new ArrayList<Start>();
        for (var channel : channels) {
            Start start = new Start.Latest();
            for (var position : unused) {
                if (Epoch.belongsTo(position.epoch(), channel)) {
                    start = new Start.After(position);
                    unused.remove(position);
                    break;
                }
            }
            starts.add(start);
        }
        return unused.size() == positions.size()
                ? bad("is of other channels than those asked for")
                : new Outcome.Done<>(starts);
    }

    private static Outcome<List<Start>> bad(String why) {
        return new Outcome.Refused<>(Problem.of(ClientError.BAD_CURSOR, "the cursor " + why));
    }

    private static void putVarint(ByteBuffer bytes, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte part = bytes.get();
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a varint");
    }
}
