package dev.winnow.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/** One WebSocket. */
final class Connection {

  /** Normal end. */
  static final int DONE = 1000;

  static final int UNACCEPTABLE = 1003;
  static final int POLICY = 1008;
  static final int RESTART = 1012;

  /** The client reads too slowly; it can come back and resume. */
  static final int TRY_AGAIN = 1013;

  static final int NOT_LOGGED_IN = 4401;

  /** What takes longer is taken for lost. */
  private static final long PATIENCE_SECONDS = 10;

  private final WebSocketSession session;

  Connection(Session session) {
    this.session = (WebSocketSession) session;
  }

  /**
   * Starts to send texts in UTF-8, and never waits. Jetty keeps each of them whole and all of them
   * in order; its own {@code sendText} would make the bytes anew for each client.
   *
   * @param sent is told when the network has taken the last, or that it will not
   */
  void send(List<byte[]> texts, Callback sent) {
    if (texts.isEmpty()) {
      sent.succeeded();
      return;
    }
    CoreSession core = session.getCoreSession();
    for (int i = 0; i < texts.size(); i++) {
      boolean more = i < texts.size() - 1;
      core.sendFrame(
          new Frame(OpCode.TEXT, ByteBuffer.wrap(texts.get(i))),
          more ? Callback.NOOP : sent,
          more); // all of them in few packets
    }
  }

  /**
   * Sends a text, and returns when the network has taken it.
   *
   * @return false when the connection is gone, or the client does not read
   */
  boolean send(String text) {
    Callback.Completable sent = new Callback.Completable();
    send(List.of(text.getBytes(StandardCharsets.UTF_8)), sent);
    if (isTaken(sent)) {
      return true;
    }
    cut();
    return false;
  }

  /** Says that the client reads too slowly, and hangs up when it does not even read that. */
  void cut() {
    var said = new org.eclipse.jetty.websocket.api.Callback.Completable();
    session.close(TRY_AGAIN, "The client reads too slowly: come back and resume.", said);
    if (!isTaken(said)) {
      session.disconnect();
    }
  }

  private static boolean isTaken(Future<?> sent) {
    try {
      sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks the client to go. */
  void close(int code, String reason) {
    session.close(code, reason, org.eclipse.jetty.websocket.api.Callback.NOOP);
  }

  boolean isOpen() {
    return session.isOpen();
  }
}
