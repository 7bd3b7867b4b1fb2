package dev.winnow.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/** One WebSocket, written by one thread at a time, each frame to its end. */
final class Connection {

  /** Normal end. */
  static final int DONE = 1000;

  static final int UNACCEPTABLE = 1003;
  static final int POLICY = 1008;
  static final int RESTART = 1012;

  /** The client reads too slowly; it can come back and resume. */
  static final int TRY_AGAIN = 1013;

  static final int NOT_LOGGED_IN = 4401;

  /** A frame that takes longer is taken for lost. */
  private static final long PATIENCE_SECONDS = 20;

  private final WebSocketSession session;
  private final ReentrantLock lock = new ReentrantLock();

  Connection(Session session) {
    this.session = (WebSocketSession) session;
  }

  /**
   * Sends a text, and returns when the network has taken it.
   *
   * @return false when the connection is gone, or the client does not read
   */
  boolean send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same for a text in UTF-8 that others get as well: Jetty's own {@code sendText} would make
   * its bytes for each of them.
   */
  boolean send(byte[] text) {
    lock.lock();
    try {
      if (!session.isOpen()) {
        return false;
      }
      CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
      session
          .getCoreSession()
          .sendFrame(
              new Frame(OpCode.TEXT, ByteBuffer.wrap(text)),
              Callback.from(() -> sent.complete(null), sent::completeExceptionally),
              false);
      sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      close(TRY_AGAIN, "The client reads too slowly.");
      session.disconnect();
      return false;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  void close(int code, String reason) {
    session.close(code, reason, org.eclipse.jetty.websocket.api.Callback.NOOP);
  }

  boolean isOpen() {
    return session.isOpen();
  }
}
