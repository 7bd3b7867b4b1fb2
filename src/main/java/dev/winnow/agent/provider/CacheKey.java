package dev.winnow.agent.provider;

import dev.winnow.agent.Message;
import dev.winnow.agent.ModelRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The same for all turns of a conversation, and for candidates that got the same task, so that the
 * provider routes them to where their common beginning is cached.
 */
final class CacheKey {

  private CacheKey() {}

  static String of(ModelRequest request) {
    String first =
        request.messages().stream()
            .filter(Message.User.class::isInstance)
            .map(Message.User.class::cast)
            .map(Message.User::text)
            .findFirst()
            .orElse("");
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(request.system().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(first.getBytes(StandardCharsets.UTF_8));
      return "winnow-" + HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
