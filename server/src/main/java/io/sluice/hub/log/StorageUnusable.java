package io.sluice.hub.log;

import java.nio.file.Path;

/** A start that cannot go on: the data folder is locked by another server, unreadable or damaged. The message names it. */
public final class StorageUnusable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageUnusable(Path folder, String why, Throwable cause) {
        super("data folder " + folder + ": " + why, cause);
    }
}
