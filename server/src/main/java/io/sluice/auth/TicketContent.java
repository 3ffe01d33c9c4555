package io.sluice.auth;

import io.sluice.limit.Share;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a ticket says under its seal.
 *
 * @param expires when the ticket ends; its identity may go on
 */
record TicketContent(Instant expires, Identity identity) {
    private static final long NEVER = Long.MIN_VALUE;

    byte[] encoded() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(expires.toEpochMilli());
            text(out, identity.user());
            text(out, identity.tokenId());
            text(out, identity.apiKey());
            time(out, identity.expires());
            time(out, identity.issued());
            identity.grants().write(out);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encoded} made; the seal vouches for it. */
    static TicketContent decode(byte[] encoded) {
        try (var in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            var expires = Instant.ofEpochMilli(in.readLong());
            var user = text(in);
            var tokenId = text(in);
            var apiKey = text(in);
            var ends = time(in);
            var issued = time(in);
            return new TicketContent(
                    expires, new Identity(user, tokenId, Grants.read(in), ends, issued, apiKey, Share.UNBOUNDED));
        } catch (IOException broken) {
            throw new UncheckedIOException("a sealed ticket is broken", broken);
        }
    }

    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String text(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static void time(DataOutputStream out, @Nullable Instant time) throws IOException {
        out.writeLong(time == null ? NEVER : time.toEpochMilli());
    }

    private static @Nullable Instant time(DataInputStream in) throws IOException {
        long millis = in.readLong();
        return millis == NEVER ? null : Instant.ofEpochMilli(millis);
    }
}
