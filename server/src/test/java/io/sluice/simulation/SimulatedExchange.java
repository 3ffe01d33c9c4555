package io.sluice.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.http.BodyReader;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.http.Query;
import io.sluice.http.ResponseStream;
import io.sluice.http.UpgradedConnection;
import io.sluice.net.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on a simulated connection. */
final class SimulatedExchange implements HttpExchange {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** What a client asks. */
    record Request(String method, String path, Map<String, List<String>> query, HttpHeaders fields, byte[] body) {
        static Request get(String path, Map<String, List<String>> query) {
            return new Request("GET", path, query, new DefaultHttpHeaders(), new byte[0]);
        }
    }

    private final Request request;
    private final Connection connection;
    private final HttpHeaders fields = new DefaultHttpHeaders();
    private Map<String, String> parameters = Map.of();
    private boolean answered;

    SimulatedExchange(Request request, Connection connection) {
        this.request = request;
        this.connection = connection;
    }

    /** Finds the handler and runs it; on the connection's loop. */
    void handle(HttpRoutes routes) {
        if (connection.isGone()) {
            return;
        }
        switch (routes.match(request.method, request.path)) {
            case HttpRoutes.Match.Found found -> {
                parameters = found.parameters();
                found.handler().handle(this);
            }
            case HttpRoutes.Match.WrongMethod wrong -> throw new Violation("every route exists", request.path);
            case HttpRoutes.Match.NotFound none -> throw new Violation("every route exists", request.path);
        }
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public String version() {
        return "HTTP/1.1";
    }

    @Override
    public String method() {
        return request.method;
    }

    @Override
    public String path() {
        return request.path;
    }

    @Override
    public String target() {
        return request.path;
    }

    @Override
    public String route() {
        return request.path;
    }

    @Override
    public Query query() {
        return new Query(request.query);
    }

    @Override
    public HttpHeaders headers() {
        return request.fields;
    }

    @Override
    public InetSocketAddress peer() {
        return PEER;
    }

    @Override
    public boolean secure() {
        return false;
    }

    @Override
    public String requestId() {
        return "simulated";
    }

    @Override
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    @Override
    public void collectBody(int maxBytes, Consumer<ByteBuf> body) {
        body.accept(Unpooled.wrappedBuffer(request.body));
    }

    @Override
    public void readBody(BodyReader reader) {
        throw new Violation("no route of the hub streams its body", request.path);
    }

    @Override
    public HttpHeaders responseHeaders() {
        return fields;
    }

    @Override
    public void respond(int status, ByteBuf body) {
        var bytes = ByteBufUtil.getBytes(body);
        body.release();
        once();
        connection.respond(new Connection.Answer(status, fields, bytes));
    }

    @Override
    public void refuse(Problem problem) {
        once();
        var text = problem.error().code() + ": " + problem.detail();
        connection.respond(
                new Connection.Answer(problem.error().status(), fields, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public ResponseStream stream(int status) {
        once();
        return connection;
    }

    @Override
    public @Nullable UpgradedConnection upgrade(String protocol) {
        once();
        return connection;
    }

    @Override
    public void forgetRequest() {
        parameters = Map.of();
    }

    @Override
    public void onClose(Runnable action) {
        connection.onClose(action);
    }

    private void once() {
        if (answered && !connection.isGone()) {
            throw new Violation("a request is answered once", request.path);
        }
        answered = true;
    }
}
