package dev.winnow.http;

import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An event in the forms in which it is sent, each made once for all clients. */
final class EventFrame {

  private final RecordedEvent event;
  private final String json;
  private byte @Nullable [] message;
  private byte @Nullable [] text;

  private EventFrame(RecordedEvent event) {
    this.event = event;
    this.json = event.toJson();
  }

  static EventFrame of(RecordedEvent event) {
    return new EventFrame(event);
  }

  RecordedEvent event() {
    return event;
  }

  long sequence() {
    return event.sequence();
  }

  /** Of its JSON, in characters. */
  int length() {
    return json.length();
  }

  /** Whether it ends a run. */
  boolean end() {
    return event.event() instanceof RunEvent.RunFinished;
  }

  /** A message of an event stream. */
  byte[] message() {
    byte[] made = message;
    if (made == null) {
      made = ("id: " + sequence() + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
      message = made; // made twice at worst
    }
    return made;
  }

  /** A text of a WebSocket. */
  byte[] text() {
    byte[] made = text;
    if (made == null) {
      made = ("{\"type\":\"event\",\"data\":" + json + "}").getBytes(StandardCharsets.UTF_8);
      text = made; // made twice at worst
    }
    return made;
  }
}
