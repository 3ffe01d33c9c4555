/** gRPC and gRPC-Web as framings of an HTTP exchange, driving services of the public io.grpc server API. Knows no service. */
@NullMarked
package io.sluice.grpc;

import org.jspecify.annotations.NullMarked;
