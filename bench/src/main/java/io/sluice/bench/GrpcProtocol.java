package io.sluice.bench;

import java.io.IOException;

/** The service {@code sluice.v1.Hub} over HTTP/2, ours or another's: publishers use it too. */
public record GrpcProtocol(int readersPerConnection) implements Protocol {
    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public Dialect reader(Reading reading) {
        return GrpcDialect.subscribing(reading);
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return GrpcDialect.publishing(host, channel);
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        GrpcDialect.publish(publisher, channel, data);
    }
}
