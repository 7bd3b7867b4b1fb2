package dev.winnow;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/** Identifiers: UUID version 7 (RFC 9562), so that ids sort by the time of their creation. */
public final class Ids {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  public static UUID next() {
    return at(Instant.now());
  }

  static UUID at(Instant instant) {
    long millis = instant.toEpochMilli();
    byte[] bytes = new byte[Long.BYTES + Short.BYTES];
    RANDOM.nextBytes(bytes); // once: it costs more than all the rest
    ByteBuffer random = ByteBuffer.wrap(bytes);
    long high = (millis << 16) | 0x7000L | (random.getShort() & 0x0fffL);
    long low = 0x8000_0000_0000_0000L | (random.getLong() >>> 2);
    return new UUID(high, low);
  }
}
