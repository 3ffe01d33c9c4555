package io.sluice.hub.wire;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.graphql.GraphQlJson;
import io.sluice.graphql.Selection;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;

/**
 * What a GraphQL subscription selects of a publication: executed and encoded once for all who select the same. Made while
 * the server runs, one for each selection.
 *
 * <p>A publication is a unit of four bytes with a length and as many bytes of a result, which lacks its closing brace: what
 * is around it, such as an operation's id, and what is of this reader, such as its cursor, goes before and after.
 */
public final class GraphQlWire implements Wire {
    /** The bytes of a unit's length. */
    public static final int HEAD = 4;

    private final Selection selection;
    private final byte[] nothing;

    /** Executes the selection once, for {@link #nothing}. */
    public GraphQlWire(Selection selection) {
        this.selection = selection;
        var out = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
        GraphQlJson.open(out, selection.of(null));
        this.nothing = ByteBufUtil.getBytes(out);
        out.release();
    }

    @Override
    public String name() {
        return "graphql";
    }

    @Override
    public int index() {
        return UNLISTED;
    }

    /** A result without a publication, which lacks its closing brace. Must not be changed. */
    public byte[] nothing() {
        return nothing;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(Envelope.estimate(publication));
        out.writeInt(0);
        GraphQlJson.open(out, selection.of(publication));
        return out.setInt(0, out.readableBytes() - HEAD);
    }

    /** Not used: GraphQL subscriptions carry publications only. */
    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        throw new IllegalStateException("GraphQL has no notices");
    }

    /** Writes a publication's payload as the value of the JSON scalar: text is a JSON string. */
    public static void data(ByteBuf out, Publication publication) {
        var payload = publication.payload();
        switch (payload.kind()) {
            case JSON -> out.writeBytes(payload.bytes());
            case TEXT -> io.sluice.http.JsonText.string(out, payload.bytes());
            case BINARY -> raw(out, "null");
        }
    }
}
