package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import graphql.GraphQLError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.graphql.GraphQlErrors;
import io.sluice.graphql.GraphQlJson;
import io.sluice.http.JsonText;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Hub;
import io.sluice.hub.Session;
import io.sluice.hub.transport.GraphQlRunner.Ran;
import io.sluice.net.Outlet;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a {@code graphql-transport-ws} connection, from its {@code subscribe} to its {@code complete} or {@code
 * error}. Confined to its loop.
 *
 * <p>The message around a result holds the id that the client chose, which differs from client to client: the shared result is
 * copied between the two.
 */
final class GraphQlOperation implements GraphQlResponder {
    private final GraphQlSocket socket;
    private final String id;
    private final byte[] prefix;
    private final GraphQlFrames frames;
    private @Nullable GraphQlReader reader;
    private boolean ended;

    /** @param outlet where the connection's messages leave */
    GraphQlOperation(GraphQlSocket socket, String id, Outlet outlet, FrameBuffers buffers) {
        this.socket = socket;
        this.id = id;
        var head = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
        raw(head, "{\"id\":");
        JsonText.string(head, id);
        raw(head, ",\"type\":\"next\",\"payload\":");
        this.prefix = ByteBufUtil.getBytes(head);
        head.release();
        this.frames = new GraphQlFrames(prefix, outlet, buffers);
    }

    /** Goes on with what became of the request. */
    void ran(Ran ran, Hub hub, Session session) {
        if (ended || session.isClosed()) {
            return;
        }
        switch (ran) {
            case Ran.Failed(var problem) -> {
                hub.refusals().refused(session, problem.error());
                error(List.of(GraphQlErrors.of(problem)));
            }
            case Ran.Finished(var result, var json, var status) when !result.executed() -> error(result.errors());
            case Ran.Finished(var result, var json, var status) -> {
                next(json);
                complete();
            }
            case Ran.Feeding(var feed, var wire) -> {
                reader = new GraphQlReader(hub, feed, wire, this);
                reader.begin(session);
            }
        }
    }

    /** The client wants no more of it, or is gone. */
    void end() {
        ended = true;
        if (reader != null) {
            reader.end();
        }
    }

    @Override
    public boolean writable() {
        return socket.writable();
    }

    @Override
    public void next(ByteBuf units, byte[] ending) {
        frames.write(units, ending);
    }

    @Override
    public Outlet outlet() {
        return frames;
    }

    @Override
    public void next(byte[] open, byte[] ending) {
        socket.send(out ->
                out.writeBytes(prefix).writeBytes(open).writeBytes(ending).writeByte('}'));
    }

    @Override
    public void next(byte[] result) {
        socket.send(out -> out.writeBytes(prefix).writeBytes(result).writeByte('}'));
    }

    @Override
    public void error(List<? extends GraphQLError> errors) {
        leave("error", out -> {
            raw(out, ",\"payload\":");
            GraphQlJson.errors(out, errors);
        });
    }

    @Override
    public void complete() {
        leave("complete", out -> {});
    }

    private void leave(String type, java.util.function.Consumer<ByteBuf> members) {
        if (ended) {
            return;
        }
        end();
        socket.left(id);
        socket.send(out -> {
            raw(out, "{\"id\":");
            JsonText.string(out, id);
            raw(out, ",\"type\":\"" + type + "\"");
            members.accept(out);
            out.writeByte('}');
        });
    }

    @Override
    public void drain(Duration wait) {
        socket.drain(wait);
    }

    @Override
    public void disconnect(Disconnect why) {
        socket.disconnect(why);
    }
}
