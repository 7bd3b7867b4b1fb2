package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.Cancellation;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.TestSandboxes;
import dev.winnow.workspace.egress.AllowedHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The real agent-browser and the real Chromium on pages of this machine. */
@Order(2) // not among the last, where it would be alone
final class AgentBrowserTest {

  private static final String PAGE =
      """
      <html><head><title>Shop</title></head><body><h1 id=h>Hello</h1>
      <button onclick="document.getElementById('h').textContent='Clicked'">Press me</button>
      <a href="http://forbidden.test/">Away</a></body></html>
      """;

  private Path directory;

  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch hanging = new CountDownLatch(1);
  private HttpServer server;
  private Sandbox sandbox;
  private FindBrowser programs;

  @BeforeEach
  void start() throws IOException {
    programs = FindBrowser.in(environment());
    assumeTrue(programs.problem().isEmpty(), programs.problem());
    directory = Files.createTempDirectory(TestSandboxes.data(), "browser-test-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    sandbox = TestSandboxes.chosen();
    assumeTrue(sandbox.tier() == Sandbox.Tier.BUBBLEWRAP, "bubblewrap does not work here");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/hang")) {
            hanging.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
  }

  /** {@code .ci/run} installs the program below the project. */
  private static Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    Path installed =
        Path.of(".ci/tools/node_modules/agent-browser/bin/agent-browser.js").toAbsolutePath();
    if (Files.exists(installed)) {
      environment.putIfAbsent("AGENT_BROWSER_PROGRAM", installed.toString());
    }
    return environment;
  }

  @AfterEach
  void stop() {
    released.countDown();
    if (server != null) {
      server.stop(0);
    }
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private AgentBrowser browser(Duration timeout, AddressRule rule) {
    List<AllowedHost> hosts = List.of(AllowedHost.parse("shop.test:" + port()));
    return new AgentBrowser(
        new ToolSettings.Browser(programs, timeout, hosts, false), rule, sandbox, directory);
  }

  private AddressRule rule() {
    return AddressRule.PUBLIC_ONLY
        .allowing(List.of("shop.test:" + port()))
        .resolving(_ -> List.of(InetAddress.getLoopbackAddress()));
  }

  private static ToolResult call(AgentBrowser browser, String command) {
    return call(browser, command, Cancellation.never());
  }

  private static ToolResult call(AgentBrowser browser, String command, Cancellation stop) {
    return browser.call(JsonNodeFactory.instance.objectNode().put("command", command), stop);
  }

  private String open(String path) {
    return "open http://shop.test:" + port() + path;
  }

  /** Programs of the sessions in this test's directory, by what their command line names. */
  private List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(directory.toString()))
        .toList();
  }

  @Test
  void aPageIsOpenedReadAndClicked() throws Exception {
    try (AgentBrowser browser = browser(Duration.ofSeconds(60), rule())) {
      assertThat(call(browser, "snapshot").text())
          .isEqualTo("no page is open: begin with open URL");

      ToolResult opened = call(browser, open("/"));
      assertThat(opened.ok()).as(opened.text()).isTrue();
      assertThat(opened.text()).contains("Shop");
      ToolResult snapshot = call(browser, "snapshot -i");
      assertThat(snapshot.text()).contains("button \"Press me\"", "ref=e");
      String ref = snapshot.text().replaceFirst("(?s).*Press me\" \\[ref=(e\\d+).*", "$1");
      assertThat(call(browser, "click @" + ref).ok()).isTrue();
      assertThat(call(browser, "get text #h").text()).isEqualTo("Clicked");
      ToolResult unknown = call(browser, "click @e99");
      assertThat(unknown.ok()).isFalse();
      assertThat(unknown.text()).contains("e99");

      // a link leads to the proxy's refusal, and the request leaves nowhere
      ToolResult away = call(browser, "find text Away click");
      String seen = away.text() + call(browser, "get text body").text();
      assertThat(seen).contains("forbidden.test:80");

      assertThat(processes()).isNotEmpty();
      assertThat(call(browser, "close").ok()).isTrue();
      assertThat(processes()).isEmpty();
      assertThat(call(browser, "get title").ok()).isFalse();
    }
    assertThat(leftFiles()).isEmpty();
  }

  @Test
  void winnowsOwnAddressIsNotReachedAlsoWhenItsHostIsAllowed() {
    AddressRule rule = rule().withoutOwn(List.of(port()));
    try (AgentBrowser browser = browser(Duration.ofSeconds(60), rule)) {
      String seen = call(browser, open("/")).text() + call(browser, "get text body").text();

      assertThat(seen).contains("Winnow's own address").doesNotContain("Hello");
    }
  }

  @Test
  void aPageThatHangsEndsTheBrowserAndTheNextCommandStartsAnother() throws Exception {
    try (AgentBrowser browser = browser(Duration.ofSeconds(60), rule())) {
      assertThat(call(browser, open("/")).ok()).isTrue();
    }
    try (AgentBrowser browser = browser(Duration.ofSeconds(4), rule())) {
      ToolResult hung = call(browser, open("/hang"));

      assertThat(hung.ok()).isFalse();
      assertThat(hung.text()).contains("did not answer within 4 s");
      assertThat(processes()).isEmpty();
    }
    assertThat(leftFiles()).isEmpty();
  }

  @Test
  void aCancellationLeavesNothingRunning() throws Exception {
    Cancellation cancellation = new Cancellation();
    Thread.ofVirtual()
        .start(() -> {
          try {
            hanging.await();
            cancellation.cancel("enough");
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (AgentBrowser browser = browser(Duration.ofSeconds(60), rule())) {
      assertThatThrownBy(() -> call(browser, open("/hang"), cancellation))
          .isInstanceOf(Cancellation.Cancelled.class)
          .hasMessage("enough");
      assertThat(processes()).isEmpty();
    }
    assertThat(leftFiles()).isEmpty();
  }

  @Test
  void aKilledDaemonIsReplacedAndNothingIsLeft() throws Exception {
    try (AgentBrowser browser = browser(Duration.ofSeconds(60), rule())) {
      assertThat(call(browser, open("/")).ok()).isTrue();
      List<ProcessHandle> daemons = daemons();
      assertThat(daemons).isNotEmpty();
      for (ProcessHandle daemon : daemons) {
        daemon.destroyForcibly();
        daemon.onExit().get(30, TimeUnit.SECONDS);
      }

      ToolResult again = call(browser, open("/"));
      if (!again.ok()) {
        // the program noticed only when it asked: then the tool starts anew
        assertThat(again.text()).contains("begin with open URL again");
        again = call(browser, open("/"));
      }

      assertThat(again.ok()).as(again.text()).isTrue();
      assertThat(call(browser, "get text #h").text()).isEqualTo("Hello");
    }
    assertThat(processes()).isEmpty();
    assertThat(daemons()).isEmpty();
    assertThat(leftFiles()).isEmpty();
  }

  /** agent-browser processes that are descendants of this test's sandbox. */
  private List<ProcessHandle> daemons() {
    String program = programs.agentBrowser().orElseThrow().getFileName().toString();
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith(program))
        .toList();
  }

  private List<Path> leftFiles() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(p -> p.getFileName().toString().matches("(browser|door)-.*")).toList();
    }
  }

  @Test
  void whatIsMissingIsSaidInOneLine() {
    FindBrowser nothing = new FindBrowser(Optional.empty(), Optional.empty(), "not installed");
    ToolSettings.Browser settings =
        new ToolSettings.Browser(
            nothing, Duration.ofSeconds(5), List.of(AllowedHost.parse("*")), false);

    try (AgentBrowser browser = new AgentBrowser(settings, rule(), sandbox, directory)) {
      assertThat(call(browser, "open https://example.com/").text()).isEqualTo("not installed");
    }
  }
}
