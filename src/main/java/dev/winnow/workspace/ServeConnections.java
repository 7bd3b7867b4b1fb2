package dev.winnow.workspace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A small server: each connection on a virtual thread of its own, all of them closed together. */
public final class ServeConnections implements AutoCloseable {

  /** Serves one connection, which is closed afterwards. */
  public interface Server {
    void serve(SocketChannel connection) throws IOException;
  }

  private static final int MOST_CONNECTIONS = 256;

  private final ServerSocketChannel listener;
  private final Server server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  ServeConnections(ServerSocketChannel listener, Server server) {
    this.listener = listener;
    this.server = server;
    Thread.ofVirtual().name("serve").start(this::accept);
  }

  /** A server on a free port of 127.0.0.1. */
  public static ServeConnections onLoopback(Server server) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return new ServeConnections(listener, server);
  }

  /** The port on 127.0.0.1; 0 when it is no server on a port. */
  public int port() {
    return listener.socket().getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = listener.accept();
        if (open.size() >= MOST_CONNECTIONS) {
          connection.close();
        } else {
          open.add(connection);
          Thread.ofVirtual().name("serve-connection").start(() -> serve(connection));
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      server.serve(connection);
    } catch (IOException e) {
      // one side went away, or all of it was closed
    } finally {
      open.remove(connection);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (SocketChannel connection : open) {
        connection.close();
      }
    } catch (IOException e) {
      // closed is what it should be
    }
  }
}
