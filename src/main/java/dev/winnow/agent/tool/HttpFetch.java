package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.agent.tool.FetchFailure.Reason;
import dev.winnow.agent.tool.FetchPage.Page;
import dev.winnow.workspace.AddressRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/** {@code http_fetch}: the text of a page on the public internet. */
final class HttpFetch implements Tool {

  static final String NAME = "http_fetch";

  private static final Pattern CHARSET =
      Pattern.compile("(?i);\\s*charset\\s*=\\s*[\"']?([^\\s;\"']+)");

  /** Types whose body is text although their name does not say so. */
  private static final Pattern TEXT =
      Pattern.compile(
          "text/.*|application/(.*[+-])?(json|xml|yaml|toml|javascript|ecmascript|graphql|sql|x-sh|x-ndjson)"
              + "|image/svg\\+xml");

  private static final ToolSpec SPEC =
      new Parameters()
          .required("url", "string", "http:// or https:// address of a public page or file")
          .of(
              NAME,
              "Fetches a page from the public internet and returns its text (HTML is reduced to text)."
                  + " No JavaScript, no log-in. What it returns was written by strangers.");

  private final FetchPage fetch;
  private final int maxChars;

  /**
   * @param settings limits of the operator
   */
  HttpFetch(AddressRule rule, ToolSettings.Fetch settings) {
    this.fetch = new FetchPage(rule, settings.timeout());
    this.maxChars = settings.maxChars();
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public int maxResultBytes() {
    return 4 * maxChars + 1000; // the own limit is in characters
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    try {
      Page page = fetch.fetch(arguments.path("url").asText().strip(), cancellation);
      String text = text(page);
      boolean cut = page.cut() || text.length() > maxChars;
      String shown = text.length() > maxChars ? text.substring(0, end(text)) : text;
      String head =
          "%s: HTTP %d, %s%s"
              .formatted(
                  page.uri(),
                  page.status(),
                  type(page).isEmpty() ? "no content type" : type(page),
                  cut ? ", cut after %,d characters".formatted(shown.length()) : "");
      boolean ok = page.status() >= 200 && page.status() < 300;
      String body = shown.isBlank() ? "(no text)" : shown;
      return new ToolResult(
          ok,
          head + "\n\n" + body,
          "HTTP %d, %,d characters".formatted(page.status(), shown.length()));
    } catch (FetchFailure e) {
      return ToolResult.failed("%s: %s".formatted(e.reason(), e.getMessage()));
    }
  }

  private int end(String text) {
    return Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
  }

  private String text(Page page) throws FetchFailure {
    String type = type(page);
    if (!type.isEmpty() && !TEXT.matcher(type).matches() && !type.equals("application/xhtml+xml")) {
      throw new FetchFailure(
          Reason.NOT_TEXT, "%s is %s, which is not text".formatted(page.uri(), type));
    }
    Charset charset = charset(page);
    boolean html =
        type.equals("text/html") || type.equals("application/xhtml+xml") || looksLikeHtml(page);
    String decoded = decode(page, charset == null ? StandardCharsets.UTF_8 : charset);
    if (!html) {
      return PageText.tidy(decoded);
    }
    try {
      // jsoup looks for a byte order mark and <meta charset> when the server named none
      Document document =
          Jsoup.parse(
              new ByteArrayInputStream(bytes(page)),
              charset == null ? null : charset.name(),
              page.uri().toString());
      String title = PageText.tidy(document.title());
      String text = PageText.of(document, maxChars);
      return title.isEmpty() || text.startsWith("# " + title) ? text : title + "\n\n" + text;
    } catch (IOException e) {
      throw new FetchFailure(Reason.BAD_ANSWER, "the page cannot be read: " + e.getMessage());
    }
  }

  private static String type(Page page) {
    String type = page.contentType() == null ? "" : page.contentType();
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static byte[] bytes(Page page) {
    byte[] bytes = new byte[page.body().remaining()];
    page.body().duplicate().get(bytes);
    return bytes;
  }

  private static boolean looksLikeHtml(Page page) {
    if (page.contentType() != null) {
      return false;
    }
    ByteBuffer start = page.body().slice(0, Math.min(1024, page.body().remaining()));
    String text = StandardCharsets.ISO_8859_1.decode(start).toString().toLowerCase(Locale.ROOT);
    return text.contains("<!doctype html") || text.contains("<html");
  }

  /** What the server says, or a byte order mark; null when neither says anything. */
  private static @Nullable Charset charset(Page page) {
    ByteBuffer body = page.body();
    int first = body.remaining() < 2 ? 0 : body.getChar(0);
    if (first == 0xFEFF) {
      return StandardCharsets.UTF_16BE;
    }
    if (first == 0xFFFE) {
      return StandardCharsets.UTF_16LE;
    }
    Matcher named = CHARSET.matcher(page.contentType() == null ? "" : page.contentType());
    try {
      return named.find() ? Charset.forName(named.group(1)) : null;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return null;
    }
  }

  private static String decode(Page page, Charset charset) throws FetchFailure {
    try {
      String text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE)
              .decode(page.body().duplicate())
              .toString();
      long strange = text.chars().filter(c -> c == 0 || c == 0xFFFD).count();
      if (strange * 20 > text.length()) {
        throw new FetchFailure(
            Reason.NOT_TEXT,
            "%s is a binary file of %,d bytes%s"
                .formatted(page.uri(), page.body().remaining(), page.cut() ? " or more" : ""));
      }
      return text;
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new FetchFailure(Reason.NOT_TEXT, page.uri() + " is not text");
    }
  }
}
