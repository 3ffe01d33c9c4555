package io.sluice.grpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.http.BodyReader;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.net.TimerWheel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a service method over one HTTP exchange. Its listener runs on the exchange's loop with the call's context;
 * what a service calls from elsewhere is brought there.
 *
 * <p>Messages are read only as the service requests them, and {@link #isReady} is the exchange's writability: so flow control
 * goes through from the service to the client's window in both directions. A cancelled call frees everything at once.
 */
final class GrpcCall<Q, R> extends ServerCall<Q, R> implements BodyReader {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcCall.class);
    /** Timeouts up to this long get a timer of their own; longer ones share the loop's wheel, 100 ms exact. */
    private static final long FINE_TIMEOUT_NANOS = 2_000_000_000L;

    private final HttpExchange exchange;
    private final MethodDescriptor<Q, R> method;
    private final Context.CancellableContext context;
    private final MessageReader reader;
    private final GrpcResponse response;
    private final @Nullable WebText text;
    private final TimerWheel.Entry deadline = new TimerWheel.Entry(now -> deadlinePassed());
    private ServerCall.@Nullable Listener<Q> listener;
    private @Nullable Runnable more;
    private int requested;
    private boolean delivering;
    private boolean inputEnded;
    private boolean halfClosed;
    private boolean closed;
    private boolean cancelled;
    private boolean over;

    GrpcCall(
            HttpExchange exchange,
            MethodDescriptor<Q, R> method,
            Context.CancellableContext context,
            MessageReader reader,
            GrpcResponse response) {
        this.exchange = exchange;
        this.method = method;
        this.context = context;
        this.reader = reader;
        this.response = response;
        this.text = response.form() == GrpcForm.WEB_TEXT ? new WebText() : null;
    }

    /** Begins: the service sees the call, then its messages. */
    void start(ServerCallHandler<Q, R> handler, Metadata metadata, @Nullable Long timeoutNanos) {
        exchange.onClose(this::ended);
        if (timeoutNanos != null) {
            watch(timeoutNanos);
        }
        if (closed) {
            return;
        }
        guarded(() -> {
            var begun = handler.startCall(this, metadata);
            listener = begun;
            begun.onReady();
        });
        if (!closed) {
            exchange.readBody(this);
        }
    }

    // ---- the request

    @Override
    public boolean mayPause() {
        return !method.getType().clientSendsOneMessage();
    }

    @Override
    public void part(ByteBuf bytes, Runnable next) {
        more = next;
        if (closed) {
            bytes.release();
            return;
        }
        if (text == null) {
            reader.add(bytes);
        } else {
            try {
                reader.add(text.decode(bytes));
            } catch (IllegalArgumentException notBase64) {
                refuse(Status.INTERNAL.withDescription("the body is not base64"));
                return;
            }
        }
        deliver();
    }

    @Override
    public void end(HttpHeaders trailers) {
        inputEnded = true;
        deliver();
    }

    @Override
    public void failed(Problem problem) {
        if (!inputEnded && problem.error() == ClientError.REQUEST_TIMEOUT) {
            refuse(Status.CANCELLED.withDescription(problem.detail()));
        }
    }

    @Override
    public void request(int count) {
        onLoop(() -> {
            requested += count;
            deliver();
        });
    }

    /** Hands out what was asked for and has come; asks for more where something is missing. */
    private void deliver() {
        var taker = listener;
        if (delivering || taker == null) {
            return;
        }
        delivering = true;
        guarded(() -> {
            while (!closed && deliverOne(taker)) {
                // Until nothing is asked for, or nothing is there.
            }
        });
        delivering = false;
    }

    private boolean deliverOne(ServerCall.Listener<Q> taker) {
        if (requested > 0) {
            var message = reader.next();
            if (message != null) {
                requested--;
                taker.onMessage(method.parseRequest(message));
                return true;
            }
        }
        if (inputEnded) {
            return endInput(taker);
        }
        var next = more;
        if (requested > 0 && next != null) {
            more = null;
            next.run();
            return more != null || inputEnded;
        }
        return false;
    }

    private boolean endInput(ServerCall.Listener<Q> taker) {
        if (halfClosed || requested == 0 && !reader.isEmpty()) {
            return false;
        }
        if (!reader.isEmpty() || text != null && text.isPartial()) {
            refuse(Status.INTERNAL.withDescription("the request ended inside a message"));
            return false;
        }
        halfClosed = true;
        taker.onHalfClose();
        return false;
    }

    // ---- the response

    @Override
    public void sendHeaders(Metadata headers) {
        onLoop(() -> {
            if (!closed) {
                response.begin(headers).onWritable(() -> {
                    var taker = listener;
                    if (!closed && taker != null) {
                        guarded(taker::onReady);
                    }
                });
            }
        });
    }

    @Override
    public void sendMessage(R message) {
        if (message instanceof EncodedMessages encoded) {
            if (!closed) {
                response.encoded(encoded.frames());
            }
            return;
        }
        var bytes = method.streamResponse(message);
        onLoop(() -> {
            if (!closed) {
                response.message(bytes);
            }
        });
    }

    @Override
    public boolean isReady() {
        return !closed && response.writable();
    }

    @Override
    public void setCompression(String compressor) {
        response.compressWith(compressor);
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        response.compressMessages(enabled);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        onLoop(() -> {
            if (!closed) {
                closed = true;
                response.end(status, trailers);
            }
        });
    }

    /** Ends the call from our side before its service did, which sees a cancelled call. */
    private void refuse(Status status) {
        if (!closed) {
            closed = true;
            cancelListener();
            response.end(status, new Metadata());
        }
    }

    // ---- the end

    /** The exchange has ended: after our answer, or because the peer went. */
    private void ended() {
        exchange.loop().wheel().cancel(deadline);
        reader.release();
        if (!closed) {
            closed = true;
            cancelListener();
        } else if (!over) {
            over = true;
            var taker = listener;
            if (taker != null) {
                guarded(taker::onComplete);
            }
            context.cancel(null);
        }
    }

    private void cancelListener() {
        over = true;
        cancelled = true;
        context.cancel(null);
        var taker = listener;
        if (taker != null) {
            guarded(taker::onCancel);
        }
    }

    private void watch(long timeoutNanos) {
        if (timeoutNanos == 0) {
            deadlinePassed();
        } else if (timeoutNanos <= FINE_TIMEOUT_NANOS) {
            exchange.loop().schedule(this::deadlinePassed, timeoutNanos);
        } else {
            exchange.loop().wheel().schedule(deadline, exchange.loop().clock().nanos() + timeoutNanos);
        }
    }

    private void deadlinePassed() {
        refuse(Status.DEADLINE_EXCEEDED.withDescription("the deadline passed first"));
    }

    /** Runs the service's code in its context; what it throws ends the call. */
    private void guarded(Runnable code) {
        try {
            context.run(code);
        } catch (StatusRuntimeException told) {
            var trailers = told.getTrailers();
            close(told.getStatus(), trailers == null ? new Metadata() : trailers);
        } catch (RuntimeException | Error bug) {
            LOG.error("call failed request={} method={}", exchange.requestId(), method.getFullMethodName(), bug);
            close(Status.INTERNAL.withDescription("see the server's log for " + exchange.requestId()), new Metadata());
        }
    }

    private void onLoop(Runnable task) {
        if (exchange.loop().isCurrent()) {
            task.run();
        } else {
            exchange.loop().execute(task);
        }
    }

    // ---- facts

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return method;
    }

    @Override
    public @Nullable String getAuthority() {
        return exchange.headers().get("host");
    }

    @Override
    public Attributes getAttributes() {
        return Attributes.newBuilder()
                .set(io.grpc.Grpc.TRANSPORT_ATTR_REMOTE_ADDR, exchange.peer())
                .build();
    }
}
