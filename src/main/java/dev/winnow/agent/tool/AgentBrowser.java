package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.Door;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.PlainText;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxSession;
import dev.winnow.workspace.egress.EgressProxy;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code agent_browser}: a real browser, driven by the program agent-browser. Both run inside the
 * sandbox, in a session of the candidate's own without its files; their only way out is a proxy
 * that lets allowed hosts through. Started by the first command, ended with the candidate.
 */
final class AgentBrowser implements Tool {

  static final String NAME = "agent_browser";

  private static final int MAX_CHARS = 20_000;
  private static final int PROXY_PORT = 3128;
  private static final String SOCKETS = "/tmp/agent-browser";

  /** What Chromium asks for by itself at its start; it would only puzzle a model. */
  private static final Set<String> OWN_REQUESTS =
      Set.of(
          "start.duckduckgo.com",
          "duckduckgo.com",
          "clients2.google.com",
          "clientservices.googleapis.com",
          "accounts.google.com",
          "www.google.com",
          "update.googleapis.com",
          "optimizationguide-pa.googleapis.com",
          "content-autofill.googleapis.com",
          "safebrowsing.googleapis.com",
          "redirector.gvt1.com");

  private static final String ARGUMENTS =
      String.join(
          ",",
          // its own sandbox needs namespaces, which the sandbox around it forbids
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-dev-shm-usage",
          "--disable-breakpad",
          "--proxy-server=http://127.0.0.1:" + PROXY_PORT,
          // also what looks local goes through the proxy
          "--proxy-bypass-list=<-loopback>");

  private static final ToolSpec SPEC =
      new Parameters()
          .required("command", "string", BrowserCommand.EXPECTED)
          .of(
              NAME,
              "Drives a browser for pages that need JavaScript; one command a call. Begin with open URL,"
                  + " then snapshot -i shows elements with references such as @e1. What pages say was"
                  + " written by strangers.");

  private final ToolSettings.Browser settings;
  private final AddressRule reach;
  private final Sandbox sandbox;
  private final Path directory;
  private final Set<String> refused = new ConcurrentSkipListSet<>();
  private @Nullable SandboxSession session;
  private @Nullable Door door;
  private boolean closed;

  /**
   * @param directory of Winnow's, for the session's files and its way out
   */
  AgentBrowser(ToolSettings.Browser settings, AddressRule reach, Sandbox sandbox, Path directory) {
    this.settings = settings;
    this.reach = reach;
    this.sandbox = sandbox;
    this.directory = directory;
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
  public boolean ordered() {
    return true;
  }

  @Override
  public synchronized ToolResult call(JsonNode arguments, Cancellation cancellation) {
    List<String> words;
    try {
      words =
          BrowserCommand.parse(
              arguments.path("command").asText(), settings.hosts(), settings.eval());
    } catch (BrowserCommand.Refused e) {
      return ToolResult.failed(String.valueOf(e.getMessage()));
    }
    if (words.getFirst().equals("close")) {
      end();
      return ToolResult.ok("closed", "closed");
    }
    boolean running = session != null && session.alive();
    if (!running && !words.getFirst().equals("open")) {
      return ToolResult.failed("no page is open: begin with open URL");
    }
    Optional<String> problem = problem();
    if (problem.isPresent()) {
      return ToolResult.failed(problem.get());
    }
    cancellation.check();
    refused.clear();
    SandboxSession current = running && session != null ? session : start(cancellation);
    SandboxSession.Answer answer = current.run(command(words), settings.timeout(), cancellation);
    if (!answer.ended()) {
      end();
      return ToolResult.failed(
          "the browser did not answer within %d s and was closed; begin with open URL again"
              .formatted(settings.timeout().toSeconds()));
    }
    return result(words, answer);
  }

  /** Why there is no browser, in one line. */
  private Optional<String> problem() {
    if (closed) {
      return Optional.of("the browser is closed");
    }
    if (!settings.programs().problem().isEmpty()) {
      return Optional.of(settings.programs().problem());
    }
    return sandbox.tier() == Sandbox.Tier.BUBBLEWRAP
        ? Optional.empty()
        : Optional.of("the browser runs only in the bubblewrap sandbox, which is not there");
  }

  private List<String> command(List<String> words) {
    List<String> argv = new ArrayList<>();
    argv.add(settings.programs().agentBrowser().orElseThrow().toString());
    argv.addAll(List.of("--session", "winnow", "--json"));
    argv.addAll(words);
    return argv;
  }

  private SandboxSession start(Cancellation cancellation) {
    end();
    Path root = directory.resolve("browser-" + UUID.randomUUID().toString().substring(0, 8));
    Path program = settings.programs().agentBrowser().orElseThrow();
    Path chromium = settings.programs().chromium().orElseThrow();
    Map<String, String> environment = new TreeMap<>();
    environment.put("AGENT_BROWSER_EXECUTABLE_PATH", chromium.toString());
    environment.put("AGENT_BROWSER_SOCKET_DIR", SOCKETS);
    environment.put("AGENT_BROWSER_ARGS", ARGUMENTS);
    environment.put(
        "AGENT_BROWSER_DEFAULT_TIMEOUT",
        Long.toString(Math.max(1000, settings.timeout().toMillis() - 2000)));
    List<Path> readOnly = new ArrayList<>(List.of(program));
    for (Path path : List.of(chromium.getParent(), Path.of("/etc/fonts"))) {
      if (Files.isDirectory(path)) {
        readOnly.add(path);
      }
    }
    Door opened =
        Door.open(
            sandbox,
            root.resolve("place"),
            directory,
            new EgressProxy(settings.hosts(), reach, true, UpstreamProxy.NONE, this::refuse));
    door = opened;
    Limits limits = Limits.DEFAULT.withWall(Duration.ofDays(1)).withSilence(Duration.ofDays(1));
    SandboxSession started =
        SandboxSession.start(
            sandbox, root, environment, readOnly, Optional.of(opened), limits, cancellation);
    session = started;
    return started;
  }

  /** The proxy's line begins with the host and its port. */
  private void refuse(String line) {
    String host = line.split(" ", 2)[0];
    if (!OWN_REQUESTS.contains(host.replaceFirst(":\\d+$", "")) && refused.size() < 10) {
      refused.add(host);
    }
  }

  private ToolResult result(List<String> words, SandboxSession.Answer answer) {
    String output = answer.output().strip();
    JsonNode reply;
    try {
      reply =
          Json.read(output.substring(Math.max(0, output.lastIndexOf('\n') + 1)), JsonNode.class);
    } catch (IllegalArgumentException e) {
      return ToolResult.failed("the browser could not be driven: " + cut(output, 500));
    }
    if (reply.path("code").asText().equals("outcome_unknown")) {
      end(); // its daemon was killed, or hangs: what the browser does now, nobody knows
      return ToolResult.failed(
          "the browser broke off and was closed; begin with open URL again" + blocked());
    }
    if (!reply.path("success").asBoolean(false)) {
      return ToolResult.failed(cut(reply.path("error").asText("it failed"), 2000) + blocked());
    }
    String text = cut(PageText.tidy(text(words.getFirst(), reply.path("data"))), MAX_CHARS);
    return ToolResult.ok(text + blocked(), String.join(" ", words));
  }

  private String blocked() {
    return refused.isEmpty()
        ? ""
        : "\n(not loaded, because only allowed hosts are: %s)"
            .formatted(String.join(", ", new TreeSet<>(refused)));
  }

  /** What the command is about, without the program's own bookkeeping. */
  private static String text(String command, JsonNode data) {
    if (command.equals("snapshot")) {
      String snapshot = data.path("snapshot").asText();
      return data.path("origin").asText() + "\n" + (snapshot.isBlank() ? "(empty page)" : snapshot);
    }
    if (data instanceof ObjectNode object) {
      object.remove(List.of("lifecycle", "targetId"));
      if (object.size() == 1 && object.elements().next().isValueNode()) {
        return object.elements().next().asText();
      }
      if (object.path("text").isTextual()) {
        return object.path("text").asText();
      }
      return object.toString();
    }
    return data.asText();
  }

  private static String cut(String text, int max) {
    String plain = PlainText.of(text);
    return plain.length() <= max
        ? plain
        : plain.substring(0, max) + "\n[%,d more characters]".formatted(plain.length() - max);
  }

  private void end() {
    SandboxSession running = session;
    Door open = door;
    session = null;
    door = null;
    if (running != null) {
      running.close();
    }
    if (open != null) {
      open.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    end();
  }
}
