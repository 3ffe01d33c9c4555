package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.sluice.proto.v1.HubProto;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.GrpcWebClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Plays the transcripts of docs/protocol/grpc.md against a server, one after the other: the bytes that the client is said
 * to send are sent, and the frames that the server is said to answer must come. Epochs and times do not count.
 */
final class GrpcPageTest {
    private static final Path PAGE = Path.of("..", "docs", "protocol", "grpc.md");
    private static final Pattern BLOCK = Pattern.compile("```grpc\\n(.*?)```", Pattern.DOTALL);

    @Test
    void theCallsOfTheGrpcPageGoAsItSays() throws IOException {
        var transcripts = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1).lines().toList())
                .toList();
        assertThat(transcripts).hasSizeGreaterThan(2);

        try (var server = EdgeServer.inMemory()) {
            for (var transcript : transcripts) {
                assertThat(answer(server, transcript)).isEqualTo(said(transcript, "< "));
            }
        }
    }

    private static List<String> answer(EdgeServer server, List<String> transcript) throws IOException {
        var sent = said(transcript, "> ");
        var path = sent.getFirst().split(" ", -1)[1];
        var fields = new ArrayList<String>();
        var hex = new StringBuilder();
        for (var line : sent.subList(1, sent.size())) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                fields.addAll(Arrays.asList(line.split(": ", 2)));
            } else {
                hex.append(line.replace(" ", ""));
            }
        }
        int type = fields.indexOf("content-type");
        var contentType = fields.remove(type + 1);
        fields.remove(type);
        var answer = new GrpcWebClient(server)
                .send(contentType, path.substring(1), HexFormat.of().parseHex(hex), fields.toArray(String[]::new));
        var lines = new ArrayList<String>();
        lines.add(answer.response().statusCode() + " " + answer.contentType());
        for (var message : answer.messages()) {
            lines.add(steady("00 " + text(path, message)));
        }
        var trailers = answer.trailers();
        lines.add("80 grpc-status: " + trailers.get("grpc-status")
                + (trailers.containsKey("grpc-message") ? " grpc-message: " + trailers.get("grpc-message") : ""));
        return lines;
    }

    /** A response of the method at {@code path} in protobuf's text form. */
    private static String text(String path, byte[] message) throws InvalidProtocolBufferException {
        var names = path.substring(1).split("/", -1);
        var service = HubProto.getDescriptor().findServiceByName(names[0].substring("sluice.v1.".length()));
        var output = service.findMethodByName(names[1]).getOutputType();
        return TextFormat.printer().emittingSingleLine(true).printToString(DynamicMessage.parseFrom(output, message));
    }

    private static List<String> said(List<String> transcript, String speaker) {
        return transcript.stream()
                .filter(line -> line.startsWith(speaker))
                .map(line -> steady(line.substring(speaker.length())))
                .toList();
    }

    private static String steady(String text) {
        return text.replaceAll("[0-9a-z]{9,13}\\.(\\d+)", "<position $1>")
                .replaceAll("time \\{ seconds: \\d+( nanos: \\d+)? }", "time { ... }");
    }
}
