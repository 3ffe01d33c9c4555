package io.sluice.hub.transport;

import static io.sluice.fuzz.FuzzTarget.check;

import graphql.language.AstPrinter;
import graphql.parser.Parser;
import io.netty.buffer.Unpooled;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.graphql.GraphQlEngine;
import io.sluice.graphql.GraphQlEngine.Checked;
import io.sluice.graphql.GraphQlJson;
import io.sluice.graphql.GraphQlLimits;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.graphql.GraphQlRequest.Parsed;
import io.sluice.http.ClientError;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request's body, or, where it does not begin like one, a document: refused with a code, or one that may be executed, and
 * then so may what it prints as.
 */
public final class GraphQlFuzz implements FuzzTarget {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<ClientError> REFUSALS = Set.of(ClientError.BAD_JSON, ClientError.BAD_REQUEST);

    private final GraphQlEngine engine = new GraphQlEngine(
            GraphQlSchema.build(), new GraphQlLimits(true, 2_000, 200, 8, 5, 500, GraphQlQueries.PAGED, 20_000));

    @Override
    public void run(byte[] input) {
        if (input.length > 0 && (input[0] == '{' || input[0] == '[')) {
            switch (GraphQlRequest.parse(input, 3)) {
                case Parsed.One(var request) -> check(request);
                case Parsed.Batch(var requests) -> requests.forEach(this::check);
                case Parsed.Refused(var problem) ->
                    FuzzTarget.check(REFUSALS.contains(problem.error()), problem.toString());
            }
        } else {
            check(new GraphQlRequest(new String(input, StandardCharsets.UTF_8), null, Map.of(), Map.of()));
        }
    }

    private void check(GraphQlRequest request) {
        switch (engine.check(request)) {
            case Checked.Unfit unfit -> {
                FuzzTarget.check(!unfit.errors().isEmpty(), "unfit for no reason");
                var out = Unpooled.buffer();
                GraphQlJson.errors(out, unfit.errors());
                JSON.readTree(out.array(), 0, out.readableBytes());
            }
            case Checked.Fit(var operable) -> {
                var text = request.query();
                if (text != null) {
                    var printed = AstPrinter.printAstCompact(Parser.parse(text));
                    var again = engine.check(
                            new GraphQlRequest(printed, request.operationName(), request.variables(), Map.of()));
                    FuzzTarget.check(
                            again instanceof Checked.Fit || printed.length() > text.length(),
                            text + " prints as " + printed + ", which is unfit");
                }
                if (operable.isSubscription()) {
                    engine.selection(operable);
                }
                GraphQlRequest.toJson(request.variables());
            }
        }
    }
}
