package dev.winnow.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body that is known as a whole: packed where the client can read that, and with its
 * length, so that it goes out in one piece and not in chunks.
 */
final class SendBody {

  private static final int SMALL = 1_500; // bytes: one packet

  /** What changes is packed for each client anew; the page's files are packed once, and harder. */
  private static final int LEVEL = 2;

  private SendBody() {}

  static void to(Context context, byte[] plain) throws IOException {
    HttpServletResponse response = context.res();
    byte[] sent = plain;
    if (plain.length > SMALL) {
      response.setHeader("Vary", "Accept-Encoding");
      if (readsGzip(context.header("Accept-Encoding"))) {
        response.setHeader("Content-Encoding", "gzip");
        sent = gzip(plain, LEVEL);
      }
    }
    response.setContentLength(sent.length);
    response.getOutputStream().write(sent);
  }

  static boolean readsGzip(@Nullable String accepted) {
    if (accepted == null) {
      return false;
    }
    for (String coding : accepted.split(",", -1)) {
      String[] parts = coding.strip().split("\\s*;\\s*", 2);
      if (parts[0].equalsIgnoreCase("gzip")) {
        return parts.length == 1 || !parts[1].matches("q=0(\\.0{1,3})?");
      }
    }
    return false;
  }

  static byte[] gzip(byte[] plain, int level) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (GZIPOutputStream out =
        new GZIPOutputStream(packed) {
          {
            def.setLevel(level);
          }
        }) {
      out.write(plain);
    }
    return packed.toByteArray();
  }
}
