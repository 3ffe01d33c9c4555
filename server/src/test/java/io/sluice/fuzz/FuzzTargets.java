package io.sluice.fuzz;

import io.sluice.auth.ClaimsFuzz;
import io.sluice.auth.TicketFuzz;
import io.sluice.auth.TokenFuzz;
import io.sluice.config.ConfigFuzz;
import io.sluice.grpc.GrpcBodyFuzz;
import io.sluice.grpc.MetadataFuzz;
import io.sluice.http.ForwardedFuzz;
import io.sluice.http.Http1Fuzz;
import io.sluice.http.Http2Fuzz;
import io.sluice.http.TargetFuzz;
import io.sluice.http.WebSocketFuzz;
import io.sluice.hub.CursorFuzz;
import io.sluice.hub.DraftFuzz;
import io.sluice.hub.JsonFuzz;
import io.sluice.hub.transport.GraphQlFuzz;
import io.sluice.hub.transport.GrpcCommandFuzz;
import io.sluice.hub.transport.SignatureFuzz;
import io.sluice.net.ProxyHeaderFuzz;
import io.sluice.simulation.CommandFuzz;
import io.sluice.simulation.ServerFuzz;
import java.util.List;
import java.util.function.Supplier;

/** Everything that is fuzzed. */
public final class FuzzTargets {
    public static final List<Type> ALL = List.of(
            new Type("http1", "HTTP/1.1 requests, whole and in pieces", Http1Fuzz::new),
            new Type("http2", "HTTP/2 frames behind a preface", Http2Fuzz::new),
            new Type("proxy-header", "PROXY headers, whole and in pieces", ProxyHeaderFuzz::new),
            new Type("forwarded", "what clients write into X-Forwarded-For and Forwarded", ForwardedFuzz::new),
            new Type("target", "request targets", TargetFuzz::new),
            new Type("server", "bytes of a connection to the whole hub", ServerFuzz::new),
            new Type("websocket", "WebSocket frames, whole and in pieces", WebSocketFuzz::new),
            new Type("commands", "WebSocket commands, one a line", CommandFuzz::new),
            new Type("json", "JSON objects, read one level deep", JsonFuzz::new),
            new Type("draft", "publish commands, as every wire writes them", DraftFuzz::new),
            new Type("cursor", "cursors, positions and channel names", CursorFuzz::new),
            new Type("grpc-body", "gRPC message frames, whole and in pieces", GrpcBodyFuzz::new),
            new Type("grpc-metadata", "gRPC metadata and timeouts", MetadataFuzz::new),
            new Type("grpc-commands", "protobuf commands", GrpcCommandFuzz::new),
            new Type("graphql", "GraphQL requests and documents", GraphQlFuzz::new),
            new Type("token", "tokens", TokenFuzz::new),
            new Type("claims", "the claims of tokens with a good signature", ClaimsFuzz::new),
            new Type("ticket", "tickets", TicketFuzz::new),
            new Type("signature", "signatures of received webhooks", SignatureFuzz::new),
            new Type("config", "configuration files", ConfigFuzz::new));

    private FuzzTargets() {}

    /**
     * @param name also the name of its file of seeds
     * @param reads what it reads, for people
     */
    public record Type(String name, String reads, Supplier<FuzzTarget> constructor) {}
}
