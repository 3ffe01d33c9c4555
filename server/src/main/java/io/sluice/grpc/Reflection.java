package io.sluice.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ExtensionNumberResponse;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionProto;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Server reflection: which services there are and what their files say, for tools such as grpcurl. Serves {@code v1} and
 * {@code v1alpha}, whose messages are the same. Immutable.
 *
 * <p>The service of grpc-services asks an {@code io.grpc.Server} what it serves, and there is none here.
 */
public final class Reflection {
    private static final String ALPHA = "grpc.reflection.v1alpha.ServerReflection";

    private final List<String> names = new ArrayList<>();
    private final DescribedFiles files = new DescribedFiles();

    private Reflection(List<ServerServiceDefinition> described) {
        for (var service : described) {
            names.add(service.getServiceDescriptor().getName());
            if (service.getServiceDescriptor().getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier schema) {
                files.add(schema.getFileDescriptor());
            }
        }
        names.add(ServerReflectionGrpc.SERVICE_NAME);
        files.add(ServerReflectionProto.getDescriptor());
    }

    /** The reflection services that describe {@code described} and themselves. */
    public static List<ServerServiceDefinition> of(List<ServerServiceDefinition> described) {
        var reflection = new Reflection(described);
        return List.of(reflection.service(ServerReflectionGrpc.SERVICE_NAME), reflection.service(ALPHA));
    }

    private ServerServiceDefinition service(String name) {
        var method = ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "ServerReflectionInfo"))
                .build();
        return ServerServiceDefinition.builder(
                        ServiceDescriptor.newBuilder(name).addMethod(method).build())
                .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::answers))
                .build();
    }

    private StreamObserver<ServerReflectionRequest> answers(StreamObserver<ServerReflectionResponse> call) {
        return new Answers((ServerCallStreamObserver<ServerReflectionResponse>) call);
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        var response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> {
                var list = ListServiceResponse.newBuilder();
                names.forEach(
                        name -> list.addService(ServiceResponse.newBuilder().setName(name)));
                response.setListServicesResponse(list);
            }
            case FILE_BY_FILENAME -> file(response, files.named(request.getFileByFilename()));
            case FILE_CONTAINING_SYMBOL -> file(response, files.holding(request.getFileContainingSymbol()));
            case FILE_CONTAINING_EXTENSION -> {
                var wanted = request.getFileContainingExtension();
                file(response, files.extending(wanted.getContainingType(), wanted.getExtensionNumber()));
            }
            case ALL_EXTENSION_NUMBERS_OF_TYPE -> {
                var type = request.getAllExtensionNumbersOfType();
                if (files.holding(type) == null) {
                    error(response, Status.Code.NOT_FOUND, "there is no type " + type);
                } else {
                    response.setAllExtensionNumbersResponse(ExtensionNumberResponse.newBuilder()
                            .setBaseTypeName(type)
                            .addAllExtensionNumber(files.extensionsOf(type)));
                }
            }
            case MESSAGEREQUEST_NOT_SET ->
                error(response, Status.Code.INVALID_ARGUMENT, "the request asks for nothing");
        }
        return response.build();
    }

    private static void file(ServerReflectionResponse.Builder response, @Nullable FileDescriptor found) {
        if (found == null) {
            error(response, Status.Code.NOT_FOUND, "there is nothing of that name");
            return;
        }
        var files = FileDescriptorResponse.newBuilder();
        DescribedFiles.withDependencies(found)
                .forEach(file -> files.addFileDescriptorProto(file.toProto().toByteString()));
        response.setFileDescriptorResponse(files);
    }

    private static void error(ServerReflectionResponse.Builder response, Status.Code code, String message) {
        response.setErrorResponse(
                ErrorResponse.newBuilder().setErrorCode(code.value()).setErrorMessage(message));
    }

    /** Answers one request after the other, and takes the next only while the client reads. */
    private final class Answers implements StreamObserver<ServerReflectionRequest> {
        private final ServerCallStreamObserver<ServerReflectionResponse> call;
        private boolean owed = true;

        Answers(ServerCallStreamObserver<ServerReflectionResponse> call) {
            this.call = call;
            call.disableAutoRequest();
            call.setOnReadyHandler(this::next);
        }

        private void next() {
            if (owed && call.isReady()) {
                owed = false;
                call.request(1);
            }
        }

        @Override
        public void onNext(ServerReflectionRequest request) {
            call.onNext(answer(request));
            owed = true;
            next();
        }

        @Override
        public void onError(Throwable cancelled) {
            // Nothing is kept.
        }

        @Override
        public void onCompleted() {
            call.onCompleted();
        }
    }
}
