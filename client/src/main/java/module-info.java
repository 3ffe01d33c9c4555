/** The Java client of Sluice. */
module io.sluice.client {
    requires transitive java.net.http;
    requires static transitive org.jspecify;

    exports io.sluice.client;
}
