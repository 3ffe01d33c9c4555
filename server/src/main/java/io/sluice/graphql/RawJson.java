package io.sluice.graphql;

import io.netty.buffer.ByteBuf;

/** A value of a result that is JSON already: it is written as it is, without being decoded first. */
public interface RawJson {
    /** Writes one JSON value in UTF-8 without line breaks. */
    void writeTo(ByteBuf out);
}
