package dev.winnow.workspace.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The request line and header of an HTTP/1.1 request, read strictly: what two parsers could read
 * differently is refused.
 */
public record HttpHead(String method, String target, List<Header> headers) {

  /** One header field. */
  public record Header(String name, String value) {
    public boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /** The request is not acceptable; the message is for its sender. */
  public static final class Malformed extends IOException {
    Malformed(String message) {
      super(message);
    }
  }

  /** For whoever reads the rest of a request. */
  public static Malformed malformed(String message) {
    return new Malformed(message);
  }

  private static final int LARGEST = 64 * 1024;

  public HttpHead {
    headers = List.copyOf(headers);
  }

  /**
   * Reads up to and with the empty line, not a byte more.
   *
   * @return empty when the connection ended before the first byte
   */
  public static Optional<HttpHead> read(InputStream in) throws IOException {
    Optional<String> head = text(in);
    return head.isPresent() ? Optional.of(parse(head.get())) : Optional.empty();
  }

  /** Reads the head of an answer, not a byte more, and returns its status. */
  static int statusOf(InputStream in) throws IOException {
    String head = text(in).orElseThrow(() -> new Malformed("there is no answer"));
    if (!head.matches("(?s)HTTP/1\\.[01] [1-5][0-9][0-9][ \r].*")) {
      throw new Malformed("the answer is not one of HTTP/1.1");
    }
    return Integer.parseInt(head.substring(9, 12));
  }

  private static Optional<String> text(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        if (bytes.size() == 0) {
          return Optional.empty();
        }
        throw new Malformed("it ends in its header");
      }
      bytes.write(next);
      if (bytes.size() > LARGEST) {
        throw new Malformed("the header is too large");
      }
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return Optional.of(bytes.toString(StandardCharsets.ISO_8859_1));
  }

  private static HttpHead parse(String text) throws Malformed {
    String[] lines = text.split("\r\n", -1);
    String[] request = lines[0].split(" ", -1);
    if (request.length != 3
        || !request[0].matches("[A-Z]{1,20}")
        || !request[1].matches("[\\x21-\\x7e]{1,16000}")
        || !request[2].equals("HTTP/1.1")) {
      throw new Malformed("the request line is not one of HTTP/1.1");
    }
    List<Header> headers = new ArrayList<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      String name = colon < 0 ? "" : lines[i].substring(0, colon);
      String value = lines[i].substring(colon + 1).strip();
      if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
          || !value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 127))) {
        throw new Malformed("a header field is malformed");
      }
      headers.add(new Header(name, value));
    }
    return new HttpHead(request[0], request[1], headers);
  }

  /** The value of a header that may be there once. */
  public Optional<String> header(String name) throws Malformed {
    List<String> values = headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
    if (values.size() > 1) {
      throw new Malformed(name + " is given twice");
    }
    return values.stream().findFirst();
  }
}
