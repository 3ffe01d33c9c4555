import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.python.util.PythonInterpreter;

/** Runs Autobahn's fuzzing client: a URL and the cases to leave out; prints one line for each case. */
public final class Autobahn {
    private static final Pattern CASE =
            Pattern.compile("\"(\\d[\\d.]*)\": \\{\\s*\"behavior\": \"([^\"]*)\",\\s*\"behaviorClose\": \"([^\"]*)\"");

    public static void main(String[] arguments) throws Exception {
        System.setProperty("python.cachedir.skip", "true");
        var reports = Files.createTempDirectory(Path.of(""), "autobahn");
        try (var python = new PythonInterpreter()) {
            python.exec("from autobahntestsuite import wstest");
            python.exec("""
                    wstest.start({'mode': 'fuzzingclient', 'debug': False}, {
                        'options': {'failByDrop': False}, 'outdir': '%s',
                        'servers': [{'agent': 'sluice', 'url': '%s'}],
                        'cases': ['*'], 'exclude-cases': [%s], 'exclude-agent-cases': {}})
                    """.formatted(reports, arguments[0], arguments[1].isEmpty() ? "" : "'" + arguments[1] + "'"));
        }
        CASE.matcher(Files.readString(reports.resolve("index.json")))
                .results()
                .forEach(found -> System.out.println(
                        "case " + found.group(1) + ' ' + found.group(2) + ' ' + found.group(3)));
        System.exit(0);
    }
}
