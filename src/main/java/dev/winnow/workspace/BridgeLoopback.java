package dev.winnow.workspace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs inside the sandbox, in a JVM of its own: connects a port of the namespace's loopback to a
 * Unix socket, runs the command, and ends with its exit status.
 *
 * <p>Why Java and not socat: Winnow's JDK is the one program that is always there. No lambdas and
 * no nested classes, so that it is one file and starts in a tenth of a second.
 */
final class BridgeLoopback implements Runnable {

  private final @Nullable ServerSocketChannel listener;
  private final UnixDomainSocketAddress socket;
  private final @Nullable SocketChannel from;
  private final @Nullable SocketChannel to;

  private BridgeLoopback(
      @Nullable ServerSocketChannel listener,
      UnixDomainSocketAddress socket,
      @Nullable SocketChannel from,
      @Nullable SocketChannel to) {
    this.listener = listener;
    this.socket = socket;
    this.from = from;
    this.to = to;
  }

  /** Arguments: port, socket, command. */
  public static void main(String[] args) throws IOException, InterruptedException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
    start(new BridgeLoopback(listener, UnixDomainSocketAddress.of(args[1]), null, null));
    List<String> command = List.of(args).subList(2, args.length);
    System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static void start(BridgeLoopback work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      if (listener != null) {
        accept(listener);
      } else if (from != null && to != null) {
        pump(from, to);
      }
    } catch (IOException e) {
      // one side went away: the other one sees the end
    }
  }

  private void accept(ServerSocketChannel inside) throws IOException {
    while (true) {
      SocketChannel client = inside.accept();
      try {
        SocketChannel server = SocketChannel.open(socket);
        start(new BridgeLoopback(null, socket, client, server));
        start(new BridgeLoopback(null, socket, server, client));
      } catch (IOException e) {
        client.close(); // the door is closed: the command sees a connection that ends
      }
    }
  }

  private static void pump(SocketChannel source, SocketChannel sink) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (source.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          sink.write(buffer);
        }
        buffer.clear();
      }
      sink.shutdownOutput();
    } catch (IOException e) {
      source.close();
      sink.close();
    }
  }
}
