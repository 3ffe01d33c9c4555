import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import org.junit.Test;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs grpc-java's interoperability tests against the server at the address given; one line for each. */
public final class GrpcInterop extends AbstractInteropTest {
    private static String address = "";

    public static void main(String[] arguments) {
        address = arguments[0];
        var tests = new JUnitCore();
        tests.addListener(new RunListener() {
            private String outcome = "";

            @Override
            public void testStarted(Description test) {
                outcome = "passed";
            }

            @Override
            public void testFailure(Failure failure) {
                outcome = "failed";
                failure.getException().printStackTrace();
            }

            @Override
            public void testAssumptionFailure(Failure failure) {
                outcome = "skipped";
            }

            @Override
            public void testFinished(Description test) {
                System.out.println(outcome + " " + test.getMethodName());
            }
        });
        tests.run(GrpcInterop.class);
        System.exit(0);
    }

    // Without the probe of whether the server checks what was compressed: grpc-java's own service cannot tell.

    @Test
    public void clientCompressedUnaryWithoutProbe() throws Exception {
        clientCompressedUnary(false);
    }

    @Test
    public void clientCompressedStreamingWithoutProbe() throws Exception {
        clientCompressedStreaming(false);
    }

    @Test
    public void serverCompressedStreamingAsWell() throws Exception {
        serverCompressedStreaming();
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        return NettyChannelBuilder.forTarget(address).usePlaintext().maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
    }

    @Override
    protected boolean metricsExpected() {
        return false;
    }
}
