package io.sluice.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of a channel's history.
 *
 * @param publications oldest first
 * @param position the cursor after the last of them, to read on or to subscribe after
 * @param gap what was asked for and is no longer held; it stands before the publications
 */
public record HistoryPage(List<Publication> publications, String position, Optional<Gap> gap) {
    /** Copies the list. */
    public HistoryPage {
        publications = List.copyOf(publications);
    }

    static HistoryPage of(JsonObject page) {
        var publications = new ArrayList<Publication>();
        page.array("messages").forEach(text -> publications.add(Publication.of(text)));
        var gap = page.has("gap") ? Optional.of(Gap.of(page.object("gap"))) : Optional.<Gap>empty();
        return new HistoryPage(publications, page.text("position"), gap);
    }
}
