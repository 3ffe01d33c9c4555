package io.sluice.hub.log;

import io.sluice.config.HubConfig;
import io.sluice.net.Clock;
import java.util.concurrent.Executor;

/** What the parts of one disk engine have in common. */
record DiskShared(Clock clock, HubConfig hub, Store store, Executor reader, ColdBlocks blocks) {}
