package io.sluice.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class BarChartTest {
    @Test
    void barsAreAsLongAsTheirShareOfTheLongest() throws Exception {
        var values = new LinkedHashMap<String, Double>();
        values.put("sluice", 200.0);
        values.put("other", 100.0);

        var image = BarChart.svg("Something", values);

        var bars = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(image.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("rect");
        var ours = bars.item(1).getAttributes().getNamedItem("width").getNodeValue();
        var theirs = bars.item(2).getAttributes().getNamedItem("width").getNodeValue();
        assertThat(Integer.parseInt(ours)).isEqualTo(2 * Integer.parseInt(theirs));
    }
}
