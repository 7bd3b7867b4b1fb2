package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.Cancellation;
import dev.winnow.workspace.AddressRule;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Order(2) // not among the last, where it would be alone
final class HttpFetchTest {

  private static final String HTML = "200 OK\r\nContent-Type: text/html";

  private static ToolResult fetch(HostileServer server, ToolSettings.Fetch limits, String path) {
    return fetch(server, limits, path, Cancellation.never());
  }

  private static ToolResult fetch(
      HostileServer server, ToolSettings.Fetch limits, String path, Cancellation cancellation) {
    AddressRule rule =
        AddressRule.PUBLIC_ONLY
            .allowing(List.of("docs.test:" + server.port()))
            .resolving(_ -> List.of(InetAddress.getLoopbackAddress()));
    String url = "http://docs.test:" + server.port() + path;
    return new HttpFetch(rule, limits)
        .call(JsonNodeFactory.instance.objectNode().put("url", url), cancellation);
  }

  private static String page(String head, byte[] body) throws Exception {
    try (HostileServer server = HostileServer.giving(head, body)) {
      return fetch(server, ToolSettings.Fetch.USUAL, "/").text();
    }
  }

  @Test
  void aPageIsReadAsAPersonSeesIt() throws Exception {
    String text =
        page(
            HTML,
            """
            <html><head><title>Guide</title></head><body><h1>Install</h1>
            <p>First   read <a href="/more?x=1">this
            page</a>.</p><ul><li>one<li>two</ul><pre>  mvn  verify
              twice</pre><table><tr><td>a<td>b</table><img alt="A chart"></body></html>
            """
                .getBytes(StandardCharsets.UTF_8));

    assertThat(text).contains("Guide", "# Install", "First read this page <http://docs.test:");
    assertThat(text).contains("/more?x=1>.", "- one\n- two", "```\n  mvn  verify\n  twice\n```");
    assertThat(text).contains("| a | b", "[image: A chart]");
  }

  /** Regular expressions took hours for these. */
  @Test
  @Timeout(30)
  void aPageThatIsMadeToTakeLongTakesNoTime() throws Exception {
    byte[] blanks = ("a" + " ".repeat(2_000_000) + "b").getBytes(StandardCharsets.UTF_8);
    assertThat(page("200 OK\r\nContent-Type: text/plain", blanks)).contains("a   ");
    String style = "/*".repeat(900_000);
    assertThat(page(HTML, ("<p style='" + style + "'>x</p><p>y").getBytes(StandardCharsets.UTF_8)))
        .endsWith("\n\ny");
    String comments = "<p style='/* one */dis/**/play/* two */ : /**/none'>x</p><p>y";
    assertThat(page(HTML, comments.getBytes(StandardCharsets.UTF_8))).endsWith("\n\ny");
  }

  @Test
  void theRequestTellsNothingAboutThisMachineAndTakesNoCookies() throws Exception {
    try (HostileServer server =
        new HostileServer((path, out) ->
            out.write(
                (path.equals("/")
                        ? "HTTP/1.1 302 Found\r\nSet-Cookie: id=1\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ndone")
                    .getBytes(StandardCharsets.ISO_8859_1)))) {
      assertThat(fetch(server, ToolSettings.Fetch.USUAL, "/").text()).endsWith("done");

      assertThat(server.heads()).hasSize(2);
      for (String head : server.heads()) {
        assertThat(head).contains("User-Agent: Winnow\n", "Host: docs.test:" + server.port());
        assertThat(head).doesNotContain("Cookie").doesNotContain("Authorization");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "ISO-8859-1", "windows-1252", "UTF-16LE", "Shift_JIS"})
  void theServersCharsetIsUsed(String charset) throws Exception {
    String words = charset.equals("Shift_JIS") ? "日本語" : "Grüße";

    String text =
        page(
            "200 OK\r\nContent-Type: text/plain; charset=\"" + charset + "\"",
            words.getBytes(Charset.forName(charset)));

    assertThat(text).endsWith(words);
  }

  @Test
  void aPagesOwnCharsetIsUsedWhenTheServerNamesNone() throws Exception {
    String html = "<html><head><meta charset=iso-8859-1></head><body>Grüße</body></html>";
    assertThat(page(HTML, html.getBytes(StandardCharsets.ISO_8859_1))).contains("Grüße");

    String marked = "\uFEFF<html><body>Grüße</body></html>";
    assertThat(page(HTML, marked.getBytes(StandardCharsets.UTF_16LE))).contains("Grüße");
    assertThat(page(HTML + "; charset=no-such", "<p>Grüße".getBytes(StandardCharsets.UTF_8)))
        .contains("Grüße");
  }

  @Test
  void compressedPagesAreDecoded() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
    }
    String head = "200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip";

    assertThat(page(head, bytes.toByteArray())).endsWith("{\"a\": 1}");
    assertThat(page(head, "not gzip at all".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("BAD_ANSWER: the answer is not compressed as it says");
  }

  @Test
  void whatIsNotTextIsRefusedInOneLine() throws Exception {
    assertThat(page("200 OK\r\nContent-Type: application/pdf", new byte[100]))
        .startsWith("NOT_TEXT: http://docs.test:")
        .endsWith("/ is application/pdf, which is not text")
        .hasLineCount(1);
    assertThat(page("200 OK\r\nContent-Type: text/plain", new byte[100])).startsWith("NOT_TEXT");
    assertThat(page("200 OK", new byte[100])).startsWith("NOT_TEXT").hasLineCount(1);
  }

  @Test
  void invisibleCharactersDoNotReachTheModel() throws Exception {
    String tags = new StringBuilder().appendCodePoint(0xE0049).appendCodePoint(0xE0047).toString();

    String text =
        page(
            "200 OK\r\nContent-Type: text/plain; charset=utf-8",
            ("a" + tags + "\u200b\u202eb\u001b[2Jc").getBytes(StandardCharsets.UTF_8));

    assertThat(text).endsWith("ab[2Jc");
  }

  @Test
  void aLongTextIsCutAndSaysSo() throws Exception {
    try (HostileServer server =
        HostileServer.giving(
            "200 OK\r\nContent-Type: text/plain",
            "0123456789".repeat(1000).getBytes(StandardCharsets.UTF_8))) {
      ToolResult result = fetch(server, new ToolSettings.Fetch(Duration.ofSeconds(10), 100), "/");

      assertThat(result.text()).contains("cut after 100 characters").endsWith("0123456789");
      assertThat(result.text().length()).isLessThan(300);
    }
  }

  @Test
  void anErrorPageIsAFailureThatShowsItsText() throws Exception {
    try (HostileServer server =
        HostileServer.giving(
            "404 Not Found\r\nContent-Type: text/plain",
            "no such page".getBytes(StandardCharsets.UTF_8))) {
      ToolResult result = fetch(server, ToolSettings.Fetch.USUAL, "/x");

      assertThat(result.ok()).isFalse();
      assertThat(result.text()).contains("HTTP 404").endsWith("no such page");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com:8080/",
        "https://example.com:22/",
        "http://user:secret@example.com/",
        "http:///x",
        "http:x",
        "example.com",
        "",
        "https://",
        "http://a b/",
        "http://a\\b/"
      })
  void otherUrlsAreRefused(String url) {
    AddressRule rule =
        AddressRule.PUBLIC_ONLY.resolving(_ -> List.of(InetAddress.ofLiteral("127.0.0.1")));
    ToolResult result =
        new HttpFetch(rule, ToolSettings.Fetch.USUAL)
            .call(JsonNodeFactory.instance.objectNode().put("url", url), Cancellation.never());

    assertThat(result.ok()).isFalse();
    assertThat(result.text()).matches("(BLOCKED_PORT|INVALID_URL|BLOCKED_SCHEME): .+");
    assertThat(result.text()).doesNotContain("secret");
  }

  @Test
  void anIpv6ServerIsReachedWhenTheOperatorVouchesForIt() throws Exception {
    AddressRule rule = AddressRule.PUBLIC_ONLY.allowing(List.of("[::1]:1"));
    ToolResult result =
        new HttpFetch(rule, ToolSettings.Fetch.USUAL)
            .call(
                JsonNodeFactory.instance.objectNode().put("url", "http://[::1]:1/"),
                Cancellation.never());

    assertThat(result.text()).startsWith("NO_CONNECTION");
  }

  @Test
  void theTimeIsForEverythingTogether() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    try (HostileServer stalls =
        new HostileServer((_, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nthe beginning"
                  .getBytes(StandardCharsets.US_ASCII));
          out.flush();
          cut.await();
        })) {
      ToolResult result = fetch(stalls, new ToolSettings.Fetch(Duration.ofMillis(300), 100), "/");

      assertThat(result.text()).startsWith("TOO_LONG");
      cut.countDown();
    }
    CountDownLatch never = new CountDownLatch(1);
    try (HostileServer silent = new HostileServer((_, _) -> never.await())) {
      ToolResult result = fetch(silent, new ToolSettings.Fetch(Duration.ofMillis(300), 100), "/");

      assertThat(result.text()).startsWith("TOO_LONG: the page was not there after");
      never.countDown();
    }
  }

  @Test
  void aCancellationEndsTheFetchAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Cancellation cancellation = new Cancellation();
    try (HostileServer silent =
        new HostileServer((_, _) -> {
          asked.countDown();
          never.await();
        })) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              asked.await();
              cancellation.cancel("enough");
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });

      assertThatThrownBy(() ->
              fetch(silent, new ToolSettings.Fetch(Duration.ofMinutes(5), 100), "/", cancellation))
          .isInstanceOf(Cancellation.Cancelled.class)
          .hasMessage("enough");
      never.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<div>", "<b>", "<table>", "<a href=x>", "<!--", "&amp;", "<p style='a:b'>x"})
  void twoMegabytesOfOneElementAreReadInTime(String piece) throws Exception {
    byte[] body = piece.repeat((2 << 20) / piece.length()).getBytes(StandardCharsets.UTF_8);

    assertThat(page(HTML, body)).startsWith("http://docs.test:");
  }
}
