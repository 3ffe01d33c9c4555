package io.sluice.cli;

import io.sluice.client.Transport;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The protocols that a tail can use, by the names of the command line. */
enum TailTransport {
    AUTO(Transport.values()),
    WS(Transport.WEBSOCKET),
    SSE(Transport.SSE),
    LONGPOLL(Transport.LONG_POLL),
    POLL(Transport.SHORT_POLL),
    GRPC;

    private final Transport[] allowed;

    TailTransport(Transport... allowed) {
        this.allowed = allowed;
    }

    /** Those of the Java client; none for gRPC. */
    Transport[] allowed() {
        return allowed.clone();
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads one in lower case. */
    static final class Name implements ITypeConverter<TailTransport> {
        @Override
        public TailTransport convert(String value) {
            return Arrays.stream(values())
                    .filter(each -> each.label().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("must be one of "
                            + Arrays.stream(values()).map(TailTransport::label).collect(Collectors.joining(", "))
                            + ", not " + value));
        }
    }
}
