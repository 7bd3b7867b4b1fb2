package dev.winnow.app;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a {@code .env} file: {@code NAME=value}, optionally after {@code export}, the value bare
 * (up to {@code " #"}), in single quotes (as it is) or in double quotes (with \n, \" and \\). Lines
 * that are none of this belong to other programs and are passed over.
 */
final class DotEnv {

  private static final long MOST_BYTES = 1 << 20;

  private DotEnv() {}

  /** The file's variables; empty when there is no such regular file. */
  static Map<String, String> read(Path file) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Map.of();
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new WinnowException(WinnowException.Category.SETTINGS, file + ": larger than 1 MiB");
      }
      return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS, file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static Map<String, String> parse(String text) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.startsWith("export ")) {
        line = line.substring("export ".length()).strip();
      }
      int equals = line.indexOf('=');
      if (equals > 0 && line.substring(0, equals).matches("[A-Za-z_][A-Za-z0-9_]*")) {
        variables.put(line.substring(0, equals), value(line.substring(equals + 1).strip()));
      }
    }
    return variables;
  }

  private static String value(String text) {
    if (text.startsWith("'")) {
      int end = text.indexOf('\'', 1);
      return end < 0 ? text : text.substring(1, end);
    }
    if (text.startsWith("\"")) {
      return doubleQuoted(text);
    }
    int comment = text.startsWith("#") ? 0 : text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }

  private static String doubleQuoted(String text) {
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        value.append(next == 'n' ? '\n' : next);
      } else {
        value.append(c);
      }
    }
    // never closed: taken as it was written
    return text;
  }
}
