package io.sluice.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The floor of every fan-out table: accepts what the load tool sends and writes each message to every subscriber in one loop,
 * and does nothing else. No hub, no log, no back-pressure, no parsing beyond the three commands.
 *
 * <p>{@code write} calls write(2) on the file descriptors themselves, {@code send} calls send(2); {@code netty} goes through a pipeline, as a server on
 * Netty must. Everything runs on one event loop.
 */
public final class BareLoop {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final boolean direct;
    private final boolean viaSend;
    private final List<Channel> webSockets = new ArrayList<>();
    private final List<Channel> eventStreams = new ArrayList<>();
    private long offset;

    private BareLoop(String mode) {
        this.direct = !mode.equals("netty");
        this.viaSend = mode.equals("send");
    }

    /** Arguments: {@code write|send|netty}, the port. */
    public static void main(String[] args) throws InterruptedException {
        var bare = new BareLoop(args[0]);
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<EpollSocketChannel>() {
                    @Override
                    protected void initChannel(EpollSocketChannel socket) {
                        socket.pipeline().addLast(bare.new Connection());
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .sync()
                .channel()
                .closeFuture()
                .sync();
    }

    private void publish(ChannelHandlerContext publisher, String channel, String data) {
        offset++;
        var position = "3w5e11264sgsf." + offset;
        var time = Instant.ofEpochMilli(System.currentTimeMillis());
        var json = "{\"type\":\"message\",\"channel\":\"" + channel + "\",\"position\":\"" + position + "\",\"time\":\""
                + time + "\",\"event\":\"message\",\"data\":" + data + "}";
        if (!webSockets.isEmpty()) {
            deliver(frame(publisher, json), webSockets);
        }
        if (!eventStreams.isEmpty()) {
            var event =
                    "id: " + position + "\nevent: message\ndata: " + json.replace("\"type\":\"message\",", "") + "\n\n";
            var chunk = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
            deliver(publisher.alloc().directBuffer().writeBytes(chunk.getBytes(StandardCharsets.UTF_8)), eventStreams);
        }
    }

    private void deliver(ByteBuf bytes, List<Channel> subscribers) {
        int length = bytes.readableBytes();
        if (direct) {
            long address = bytes.memoryAddress();
            for (int i = 0; i < subscribers.size(); i++) {
                FileDescriptor socket = ((EpollSocketChannel) subscribers.get(i)).fd();
                try {
                    int sent = viaSend
                            ? ((Socket) socket).sendAddress(address, 0, length)
                            : socket.writeAddress(address, 0, length);
                    if (sent != length) {
                        subscribers.get(i).close();
                    }
                } catch (IOException gone) {
                    subscribers.get(i).close();
                }
            }
        } else {
            for (int i = 0; i < subscribers.size(); i++) {
                subscribers
                        .get(i)
                        .writeAndFlush(
                                bytes.retainedDuplicate(), subscribers.get(i).voidPromise());
            }
        }
        bytes.release();
    }

    private static ByteBuf frame(ChannelHandlerContext context, String text) {
        var payload = text.getBytes(StandardCharsets.UTF_8);
        var frame = context.alloc().directBuffer(payload.length + 4).writeByte(0x81);
        if (payload.length < 126) {
            frame.writeByte(payload.length);
        } else {
            frame.writeByte(126).writeShort(payload.length);
        }
        return frame.writeBytes(payload);
    }

    private static String accept(String key) {
        try {
            var hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One peer: an HTTP head first, then masked text frames. */
    private final class Connection extends ByteToMessageDecoder {
        private boolean upgraded;

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (upgraded) {
                command(context, in);
            } else if (in.readableBytes() >= 4 && in.getInt(in.writerIndex() - 4) == 0x0d0a0d0a) {
                head(
                        context,
                        in.readCharSequence(in.readableBytes(), StandardCharsets.US_ASCII)
                                .toString());
            }
        }

        private void head(ChannelHandlerContext context, String head) {
            String answer;
            if (head.startsWith("GET /v1/events")) {
                eventStreams.add(context.channel());
                answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
            } else {
                upgraded = true;
                int key = head.indexOf("Sec-WebSocket-Key: ") + 19;
                answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Protocol: sluice.v1.json\r\nSec-WebSocket-Accept: "
                        + accept(head.substring(key, head.indexOf("\r\n", key))) + "\r\n\r\n";
            }
            context.writeAndFlush(
                    context.alloc().buffer().writeBytes(answer.getBytes(StandardCharsets.US_ASCII)),
                    context.voidPromise());
        }

        private void command(ChannelHandlerContext context, ByteBuf in) {
            if (in.readableBytes() < 8) {
                return;
            }
            int at = in.readerIndex();
            int shortLength = in.getByte(at + 1) & 0x7f;
            int length = shortLength < 126 ? shortLength : in.getUnsignedShort(at + 2);
            int head = shortLength < 126 ? 6 : 8;
            if (in.readableBytes() < head + length) {
                return;
            }
            int mask = in.getInt(at + head - 4);
            in.skipBytes(head);
            var payload = new byte[length];
            in.readBytes(payload);
            for (int i = 0; mask != 0 && i < length; i++) {
                payload[i] ^= (byte) (mask >> (24 - 8 * (i & 3)));
            }
            var text = new String(payload, StandardCharsets.UTF_8);
            var channel = member(text, "\"channel\":\"", '"');
            if (text.contains("\"type\":\"subscribe\"")) {
                webSockets.add(context.channel());
                context.channel().closeFuture().addListener(closed -> webSockets.remove(context.channel()));
                context.writeAndFlush(frame(context, "{\"id\":1,\"type\":\"ok\"}"), context.voidPromise());
            } else if (text.contains("\"type\":\"publish\"")) {
                publish(context, channel, text.substring(text.indexOf("\"data\":") + 7, text.length() - 1));
                context.writeAndFlush(frame(context, "{\"id\":1,\"type\":\"ok\"}"), context.voidPromise());
            }
        }

        private static String member(String text, String name, char end) {
            int at = text.indexOf(name) + name.length();
            return text.substring(at, text.indexOf(end, at));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
