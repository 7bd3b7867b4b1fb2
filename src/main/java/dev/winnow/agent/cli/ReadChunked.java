package dev.winnow.agent.cli;

import dev.winnow.workspace.egress.HttpHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a body in chunks, as HTTP/1.1 writes it. */
final class ReadChunked {

  private ReadChunked() {}

  /** The whole body; null when it is larger than allowed. */
  static byte @Nullable [] all(InputStream in, int largest) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (!size.matches("[0-9a-fA-F]{1,8}")) {
        throw HttpHead.malformed("a chunk has no size");
      }
      long length = Long.parseLong(size, 16);
      if (body.size() + length > largest) {
        return null;
      }
      if (length == 0) {
        if (!line(in).isEmpty()) {
          throw HttpHead.malformed("trailers are not taken");
        }
        return body.toByteArray();
      }
      byte[] chunk = in.readNBytes((int) length);
      if (chunk.length < length || !line(in).isEmpty()) {
        throw HttpHead.malformed("a chunk is cut");
      }
      body.write(chunk);
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int previous = -1;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (previous == '\r' && next == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.length() - 1);
      }
      line.write(next);
      if (line.size() > 1000) {
        break;
      }
      previous = next;
    }
    throw HttpHead.malformed("a chunk is cut");
  }
}
