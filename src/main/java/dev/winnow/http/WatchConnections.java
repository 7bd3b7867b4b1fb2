package dev.winnow.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.websocket.core.WebSocketConnection;

/**
 * Ends connections whose clients send too little or too much: a request whose head takes for ever,
 * one byte at a time, and a WebSocket that is flooded with frames, also with pings that no handler
 * ever sees.
 */
final class WatchConnections implements Connection.Listener, AutoCloseable {

  private static final int FRAMES_PER_SECOND = 200;

  /**
   * What was seen of a connection.
   *
   * @param inHead for how many looks, one a second, a head has been arriving
   */
  private record Seen(long messages, int inHead) {}

  private final int seconds;
  private final Map<Connection, Seen> open = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param seconds that the head of a request may take
   */
  WatchConnections(int seconds) {
    this.seconds = seconds;
  }

  void start() {
    Thread.ofVirtual().name("watch-connections").start(this::run);
  }

  @Override
  public void onOpened(Connection connection) {
    open.put(connection, new Seen(0, 0));
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  private void run() {
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        open.forEach(this::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Connection connection, Seen before) {
    switch (connection) {
      case WebSocketConnection socket -> {
        long messages = socket.getMessagesIn();
        open.computeIfPresent(connection, (_, _) -> new Seen(messages, 0));
        if (messages - before.messages() > FRAMES_PER_SECOND) {
          socket.getEndPoint().close();
        }
      }
      case HttpConnection http -> {
        HttpParser parser = http.getParser();
        int inHead = parser.inHeaderState() && !parser.isStart() ? before.inHead() + 1 : 0;
        open.computeIfPresent(connection, (_, _) -> new Seen(0, inHead));
        if (inHead > seconds) {
          http.getEndPoint().close();
        }
      }
      default -> {
        // TLS, which carries one of the others
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
