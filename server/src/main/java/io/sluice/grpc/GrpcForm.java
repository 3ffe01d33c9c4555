package io.sluice.grpc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How messages and the final status travel in an HTTP exchange; the request's content type says which. */
public enum GrpcForm {
    /** gRPC: the status comes in the trailers. */
    NATIVE("application/grpc"),
    /** gRPC-Web: the status comes as a last frame of the body, since a browser cannot read trailers. */
    WEB("application/grpc-web"),
    /** gRPC-Web with the whole body in base64, for clients that can only read text as it comes. */
    WEB_TEXT("application/grpc-web-text");

    private final String mediaType;

    GrpcForm(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The form that a content type names, with protobuf messages; null when it names none. */
    static @Nullable GrpcForm of(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        int parameters = contentType.indexOf(';');
        var type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .trim()
                .toLowerCase(Locale.ROOT);
        for (var form : values()) {
            if (type.equals(form.mediaType) || type.equals(form.mediaType + "+proto")) {
                return form;
            }
        }
        return null;
    }

    /** The content type of responses. */
    String contentType() {
        return mediaType + "+proto";
    }
}
