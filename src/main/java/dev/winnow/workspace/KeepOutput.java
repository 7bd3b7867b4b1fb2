package dev.winnow.workspace;

import dev.winnow.telemetry.Redact;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the head and the tail of a stream of any length; counts all of it. Thread-safe. */
final class KeepOutput {

  private static final int HEAD = 64 * 1024;

  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private final int headLimit;
  private final int tailLimit;
  private byte[] ring = new byte[0];
  private long tailBytes;
  private long total;

  KeepOutput(int keptBytes) {
    headLimit = Math.min(HEAD, keptBytes / 2);
    tailLimit = keptBytes - headLimit;
  }

  /** Takes the next bytes; returns how many there were so far. */
  synchronized long add(byte[] bytes, int length) {
    int toHead = Math.min(length, headLimit - head.size());
    head.write(bytes, 0, toHead);
    for (int i = toHead; i < length; ) {
      grow(length - i);
      int at = (int) (tailBytes % ring.length);
      int count = Math.min(length - i, ring.length - at);
      System.arraycopy(bytes, i, ring, at, count);
      tailBytes += count;
      i += count;
    }
    total += length;
    return total;
  }

  // most commands print little: the ring reaches its full size only when it is needed, and never
  // wraps before that, so growing is a plain copy
  private void grow(int more) {
    if (ring.length < tailLimit && tailBytes + more > ring.length) {
      long wanted = Math.max(tailBytes + more, 2L * ring.length);
      byte[] larger = new byte[(int) Math.min(tailLimit, wanted)];
      System.arraycopy(ring, 0, larger, 0, (int) tailBytes);
      ring = larger;
    }
  }

  synchronized long total() {
    return total;
  }

  /** Head, a line that says how much was left out if anything was, and tail; without secrets. */
  synchronized String text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int kept = (int) Math.min(tailBytes, ring.length);
    long dropped = tailBytes - kept;
    if (dropped == 0) {
      text.writeBytes(head.toByteArray());
      text.write(ring, 0, kept);
      return Redact.text(text.toString(StandardCharsets.UTF_8));
    }
    int oldest = (int) (tailBytes % ring.length);
    text.write(ring, oldest, ring.length - oldest);
    text.write(ring, 0, oldest);
    // a secret may begin before the gap or end behind it
    return Redact.beforeCut(head.toString(StandardCharsets.UTF_8))
        + "\n[... "
        + dropped
        + " bytes left out ...]\n"
        + Redact.afterCut(text.toString(StandardCharsets.UTF_8));
  }
}
