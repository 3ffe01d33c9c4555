package io.sluice.guide;

/** What makes one language of the guide run. */
interface BlockRunner {
    /** Runs it to its end, or until it is ready where it goes on in the background; gives what it printed. Throws when it fails. */
    String run(Block block, Stage stage) throws Exception;
}
