package dev.winnow.agent.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events whose data is JSON. Bounded in the size of an event and in the whole.
 */
final class EventStream {

  /**
   * @param type the {@code type} of the data, or else the name of the event
   */
  record Event(String type, JsonNode data) {}

  private final InputStream in;
  private final ProviderLimits limits;
  private final byte[] buffer = new byte[4 << 10];
  private int position;
  private int end;
  private long total;
  private byte[] line = new byte[1 << 10];
  private int lineLength;

  EventStream(InputStream in, ProviderLimits limits) {
    this.in = in;
    this.limits = limits;
  }

  /**
   * The next event, or null at the end of the stream. What is not ended by an empty line is no
   * event: the stream was cut.
   *
   * @throws ProviderFailure when it is too large, or no JSON
   */
  @Nullable Event next() {
    String name = "";
    byte[] data = null;
    ByteArrayOutputStream lines = null;
    while (readLine()) {
      if (lineLength == 0) {
        if (data != null && !done(data)) {
          return event(name, lines == null ? data : lines.toByteArray());
        }
        name = "";
        data = null;
        lines = null;
      } else if (starts("data:")) {
        if (data == null) {
          data = value(5);
        } else {
          lines = append(lines, data);
        }
      } else if (starts("event:")) {
        name = new String(value(6), StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /** A marker of some servers behind the last event. */
  private static boolean done(byte[] data) {
    return data.length == 6 && new String(data, StandardCharsets.US_ASCII).equals("[DONE]");
  }

  private static Event event(String name, byte[] data) {
    try {
      JsonNode node = Json.mapper().readTree(data);
      if (node.isObject()) {
        return new Event(node.path("type").asText(name), node);
      }
    } catch (JsonProcessingException e) {
      // told below, without the text: it is the provider's
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new ProviderFailure(
        ProviderFailure.Kind.MALFORMED, "the provider sent an event that is no JSON object");
  }

  private boolean starts(String field) {
    if (lineLength < field.length()) {
      return false;
    }
    for (int i = 0; i < field.length(); i++) {
      if (line[i] != field.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private byte[] value(int from) {
    int start = from < lineLength && line[from] == ' ' ? from + 1 : from;
    return Arrays.copyOfRange(line, start, lineLength);
  }

  /** Data in several lines is rare: the first line stays as it is until a second one comes. */
  private ByteArrayOutputStream append(@Nullable ByteArrayOutputStream before, byte[] first) {
    ByteArrayOutputStream all = before;
    if (all == null) {
      all = new ByteArrayOutputStream();
      all.writeBytes(first);
    }
    all.write('\n');
    all.writeBytes(value(5));
    checkSize(all.size());
    return all;
  }

  /** One line without its end into {@link #line}; false at the end of the stream. */
  private boolean readLine() {
    lineLength = 0;
    while (true) {
      if (position == end && !refill()) {
        return false;
      }
      int start = position;
      while (position < end && buffer[position] != '\n') {
        position++;
      }
      keep(start, position);
      if (position < end) {
        position++;
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
          lineLength--;
        }
        return true;
      }
    }
  }

  private void keep(int from, int to) {
    int count = to - from;
    checkSize((long) lineLength + count);
    if (lineLength + count > line.length) {
      line = Arrays.copyOf(line, Math.max(lineLength + count, 2 * line.length));
    }
    System.arraycopy(buffer, from, line, lineLength, count);
    lineLength += count;
  }

  private boolean refill() {
    try {
      int count = in.read(buffer, 0, buffer.length);
      if (count < 0) {
        return false;
      }
      total += count;
      if (total > limits.wireBytes()) {
        throw tooLarge();
      }
      position = 0;
      end = count;
      return true;
    } catch (IOException e) {
      throw new ProviderFailure(
          ProviderFailure.Kind.CUT, "the connection broke in the middle of the answer");
    }
  }

  private void checkSize(long bytes) {
    if (bytes > limits.eventBytes()) {
      throw tooLarge();
    }
  }

  private ProviderFailure tooLarge() {
    return new ProviderFailure(
        ProviderFailure.Kind.TOO_LARGE,
        "the answer is larger than %,d characters".formatted(limits.answerChars()));
  }
}
