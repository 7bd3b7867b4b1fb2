package dev.winnow.http;

import dev.winnow.Json;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes the events of a run as server-sent events, for as long as the client reads them. */
final class StreamEvents implements Outbox.Line {

  static final String TYPE = "text/event-stream;charset=utf-8";

  private static final long HEARTBEAT_MILLIS = 15_000;
  private static final int CHECK_EVERY = 4; // heartbeats
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpServletResponse answer;
  private final Response response;

  StreamEvents(Context context) {
    this.answer = context.res();
    // the servlet's stream can only wait; what is below it can be written without
    this.response =
        ServletContextRequest.getServletContextRequest(context.req()).getServletContextResponse();
  }

  @Override
  public void send(List<EventFrame> frames, Callback sent) {
    response.write(false, ByteBuffer.wrap(bytes(frames)), sent);
  }

  private static byte[] bytes(List<EventFrame> frames) {
    return switch (frames.size()) {
      case 0 -> HEARTBEAT;
      case 1 -> frames.getFirst().message();
      default -> {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(frame -> all.writeBytes(frame.message()));
        yield all.toByteArray();
      }
    };
  }

  /**
   * Answers, and stays until there is nothing more to send.
   *
   * @param stay whether to go on after the end of the run, for what people do with it then
   * @param mayGoOn whether the client's credential still counts
   */
  void from(Outbox outbox, boolean stay, BooleanSupplier mayGoOn)
      throws IOException, InterruptedException {
    answer.setStatus(200);
    answer.setContentType(TYPE);
    answer.setHeader("X-Accel-Buffering", "no"); // of proxies
    write("retry: 1000\n\n");
    try {
      for (int beats = 1; ; ) {
        switch (outbox.deliver(HEARTBEAT_MILLIS)) {
          case WAITED -> {
            if (beats++ % CHECK_EVERY == 0 && !mayGoOn.getAsBoolean()) {
              last(outbox, "refused", 4401, "Log in again.");
              return;
            }
            outbox.beat();
          }
          case ENDED -> {
            if (!stay) {
              last(outbox, "end", 1000, "The run is over.");
              return;
            }
          }
          case CUT -> {
            last(outbox, "cut", 1013, "The client reads too slowly: come back with Last-Event-ID.");
            return;
          }
          case STOPPED -> {
            last(outbox, "stopped", 1012, "The server stops: come back with Last-Event-ID.");
            return;
          }
          case GONE -> {
            return;
          }
        }
      }
    } finally {
      outbox.finish(); // the answer must not end below a write
    }
  }

  private void last(Outbox outbox, String event, int code, String reason)
      throws IOException, InterruptedException {
    outbox.finish();
    write(
        "event: %s\ndata: %s\n\n"
            .formatted(event, Json.write(Map.of("code", code, "reason", reason))));
  }

  private void write(String text) throws IOException {
    answer.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    answer.flushBuffer();
  }
}
