package dev.winnow.http;

import dev.winnow.Json;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Writes the events of a run as server-sent events, for as long as the client reads them. */
final class StreamEvents {

  private static final long HEARTBEAT_MILLIS = 15_000;
  private static final int CHECK_EVERY = 4; // heartbeats

  private final Outbox outbox;
  private final BooleanSupplier mayGoOn;
  private final BooleanSupplier isOver;

  /**
   * @param mayGoOn whether the client's credential still counts
   * @param isOver whether the run is over
   */
  StreamEvents(Outbox outbox, BooleanSupplier mayGoOn, BooleanSupplier isOver) {
    this.outbox = outbox;
    this.mayGoOn = mayGoOn;
    this.isOver = isOver;
  }

  /**
   * @param stay whether to go on after the end of the run, for what people do with it then
   */
  void to(HttpServletResponse response, boolean stay) throws IOException, InterruptedException {
    response.setStatus(200);
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("X-Accel-Buffering", "no"); // of proxies
    ServletOutputStream out = response.getOutputStream();
    write(out, "retry: 1000\n\n");
    long checked = System.nanoTime();
    boolean ended = true; // a client may come back that has the last event and missed the end
    while (true) {
      if (!stay && ended && outbox.isEmpty()) {
        if (isOver.getAsBoolean()) {
          last(out, "end", 1000, "The run is over.");
          return;
        }
        ended = false; // it was taken up again
      }
      List<Outbox.Frame> frames = outbox.next(HEARTBEAT_MILLIS);
      switch (outbox.state()) {
        case CUT -> {
          last(out, "cut", 1013, "The client reads too slowly: come back with Last-Event-ID.");
          return;
        }
        case STOPPED -> {
          last(out, "stopped", 1012, "The server stops: come back with Last-Event-ID.");
          return;
        }
        case OPEN -> write(out, frames);
      }
      ended |= frames.stream().anyMatch(Outbox.Frame::end);
      if (System.nanoTime() - checked > CHECK_EVERY * HEARTBEAT_MILLIS * 1_000_000) {
        checked = System.nanoTime();
        if (!mayGoOn.getAsBoolean()) {
          last(out, "refused", 4401, "Log in again.");
          return;
        }
      }
    }
  }

  private static void write(ServletOutputStream out, List<Outbox.Frame> frames) throws IOException {
    if (frames.isEmpty()) {
      write(out, ":\n\n");
      return;
    }
    for (Outbox.Frame frame : frames) {
      frame.writeTo(out);
    }
    out.flush();
  }

  private static void last(ServletOutputStream out, String event, int code, String reason)
      throws IOException {
    write(
        out,
        "event: %s\ndata: %s\n\n"
            .formatted(event, Json.write(Map.of("code", code, "reason", reason))));
  }

  private static void write(ServletOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
