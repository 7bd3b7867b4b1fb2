package dev.winnow.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** 256 random bits that prove something. Too many to be guessed, so a plain SHA-256 keeps them. */
final class NewSecret {

  /** Lets scanners of repositories recognise a token that was committed by accident. */
  static final String PREFIX = "wnw_";

  private static final SecureRandom RANDOM = new SecureRandom();

  private NewSecret() {}

  static String make() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
