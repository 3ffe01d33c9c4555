package io.sluice.auth;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Nothing opens that was not sealed, whatever is sealed opens as it was, and a ticket with any bit changed does not open. */
public final class TicketFuzz implements FuzzTarget {
    private final TicketSeal seal = new TicketSeal(FuzzedTokens.SECRET.getBytes(StandardCharsets.US_ASCII));

    @Override
    public void run(byte[] input) {
        check(seal.open(new String(input, StandardCharsets.ISO_8859_1)) == null, "a forged ticket opens");

        var id = Arrays.copyOf(input, TicketSeal.ID_BYTES);
        var sealed = seal.seal(id, input);
        var opened = seal.open(sealed);
        check(
                opened != null && Arrays.equals(opened.id(), id) && Arrays.equals(opened.content(), input),
                "a ticket does not open as it was sealed");

        var changed = Base64.getUrlDecoder().decode(sealed);
        changed[input.length % changed.length] ^= (byte) (1 << input.length % 8);
        var text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
        check(seal.open(text) == null, "a changed ticket opens");
    }
}
