package dev.winnow.agent.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentReply;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.provider.ProtocolServer;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.TestSandboxes;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Codex and Claude Code themselves, in the sandbox, against a provider on loopback. */
@Timeout(120)
@Order(2) // not among the last, where it would be alone
class RealProgramsTest {

  private static @Nullable Database database;

  @BeforeAll
  static void openDatabase() {
    assumeThat(RealPrograms.installed()).as("programs that .ci/run installs").isTrue();
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    if (database != null) {
      database.close();
    }
  }

  private static CliBench bench(Driver driver, ProtocolServer server, Sandbox sandbox) {
    CliBench bench = new CliBench(driver, requireNonNull(database), sandbox);
    bench.provider =
        Optional.of(driver == Driver.CODEX ? server.address().resolve("/v1") : server.address());
    bench.model = Optional.of(driver == Driver.CODEX ? "gpt-5.1-codex" : "claude-opus-5-5");
    return bench;
  }

  @ParameterizedTest
  @CsvSource({"CODEX, BUBBLEWRAP", "CODEX, LANDLOCK", "CLAUDE, BUBBLEWRAP", "CLAUDE, LANDLOCK"})
  void itWorksInEachTierAndOnlyTheProxyHasTheKey(Driver driver, ChooseSandbox.Preference tier)
      throws IOException {
    Sandbox sandbox = ChooseSandbox.choose(tier, TestSandboxes.data());
    String look =
        "echo hello > made.txt; env > seen.txt; cat /proc/*/environ >> seen.txt 2>/dev/null; true";
    try (ProtocolServer server = new ProtocolServer(new PlayCandidate(List.of(look)))) {
      CliBench bench = bench(driver, server, sandbox);
      try (AgentSession session = bench.open(RealPrograms.path(driver))) {
        AgentReply reply = session.prompt(new Prompt("red", "make a file"), Cancellation.never());
        assertThat(reply.reason()).isEmpty();
        assertThat(reply.ending()).isEqualTo(Ending.DONE);
        assertThat(reply.text()).isEqualTo("finished");
        assertThat(reply.usage().outputTokens()).isEqualTo(100);
        assertThat(reply.costMicros()).isPresent();
      }
      assertThat(bench.workspace.resolve("made.txt")).hasContent("hello");
      assertThat(Files.readString(bench.workspace.resolve("seen.txt"), StandardCharsets.ISO_8859_1))
          .doesNotContain(CliBench.SECRET);
      assertThat(server.received())
          .filteredOn(request -> request.path().startsWith("/v1/"))
          .isNotEmpty()
          .allSatisfy(
              request -> assertThat(request.headers().toString()).contains(CliBench.SECRET));
      assertThat(bench.events)
          .filteredOn(RunEvent.ToolCalled.class::isInstance)
          .singleElement()
          .asString()
          .contains("echo hello > made.txt");
      assertThat(left(bench)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledOneIsGoneAndItsSessionGoesOnInAnotherProcess(Driver driver) {
    String busy = "(setsid sleep 613 &); echo busy > busy.txt; sleep 613";
    try (ProtocolServer server =
        new ProtocolServer(new PlayCandidate(List.of("echo red > red.txt", busy)))) {
      CliBench bench = bench(driver, server, TestSandboxes.chosen());
      Path program = RealPrograms.path(driver);
      Cancellation cancellation = new Cancellation();
      try (AgentSession session = bench.open(program)) {
        session.prompt(new Prompt("red", "write tests"), Cancellation.never());
        bench.listener =
            event -> {
              if (event instanceof RunEvent.ToolCalled) {
                Thread.ofVirtual().start(() -> cancellation.cancel("killed"));
              }
            };
        assertThatThrownBy(() -> session.prompt(new Prompt("green", "implement"), cancellation))
            .isInstanceOf(Cancellation.Cancelled.class);
      }
      assertThat(left(bench)).isEmpty();
      bench.listener = _ -> {};

      // another node: another directory, nothing but the journal
      Path elsewhere = TestSandboxes.newWorkspace(bench.sandbox);
      try (ProtocolServer again =
          new ProtocolServer(new PlayCandidate(List.of("false", "echo green > green.txt")))) {
        bench.provider =
            Optional.of(driver == Driver.CODEX ? again.address().resolve("/v1") : again.address());
        try (AgentSession session = bench.open(program, elsewhere)) {
          session.prompt(new Prompt("red", "write tests"), Cancellation.never());
          AgentReply green = session.prompt(new Prompt("green", "implement"), Cancellation.never());
          assertThat(green.reason()).isEmpty();
          assertThat(green.usage().outputTokens()).isEqualTo(100);
        }
        assertThat(again.received().getFirst().body().toString())
            .contains("echo red > red.txt", "write tests", "implement");
      }
      assertThat(elsewhere.resolve("green.txt")).hasContent("green");
      assertThat(bench.notices()).isEmpty();
      assertThat(left(bench)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"CODEX, chatgpt.com:443", "CLAUDE, api.anthropic.com:443"})
  void withALogInItGoesToItsProviderThroughTheProxyOfTheNetwork(Driver driver, String host)
      throws IOException {
    Cancellation cancellation = new Cancellation();
    // it sees which host is wanted; what follows would be TLS with the real provider
    try (ProtocolServer proxy =
        new ProtocolServer((_, reply) -> {
          cancellation.cancel("seen");
          reply.whole(502, Map.of(), "");
        })) {
      CliBench bench = bench(driver, proxy, TestSandboxes.chosen());
      bench.provider = Optional.empty();
      bench.key = Optional.empty();
      bench.environment = logIn(Files.createTempDirectory(TestSandboxes.data(), "log-in-"));
      bench.upstream = UpstreamProxy.of(Map.of("HTTPS_PROXY", proxy.address().toString()));
      try (AgentSession session = bench.open(RealPrograms.path(driver))) {
        assertThatThrownBy(() -> session.prompt(new Prompt("red", "write"), cancellation))
            .isInstanceOf(Cancellation.Cancelled.class);
      }
      assertThat(proxy.received())
          .isNotEmpty()
          .allMatch(request -> request.method().equals("CONNECT") && request.path().equals(host));
      assertThat(left(bench)).isEmpty();
    }
  }

  /** Log-ins in the form of both programs. */
  private static Map<String, String> logIn(Path codexHome) throws IOException {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String claims =
        "{\"exp\": 4102444800, \"https://api.openai.com/auth\": {\"chatgpt_account_id\": \"a\"}}";
    String token =
        encoder.encodeToString("{\"alg\": \"none\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".c2ln";
    Files.writeString(
        codexHome.resolve("auth.json"),
        """
        {"auth_mode": "chatgpt", "OPENAI_API_KEY": null, "last_refresh": "2026-01-01T00:00:00Z", "tokens":
          {"id_token": "%1$s", "access_token": "%1$s", "refresh_token": "r", "account_id": "a"}}
        """
            .formatted(token));
    return Map.of(
        "CODEX_HOME", codexHome.toString(), "CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-test");
  }

  @ParameterizedTest
  @CsvSource({
    "CODEX, 401, the provider does not accept its key",
    "CLAUDE, 401, the provider does not accept its key",
    "CODEX, 400, the provider refuses the request (400)",
    "CLAUDE, 400, the provider refuses the request (400)"
  })
  void aProviderThatRefusesIsOneClearLine(Driver driver, int status, String reason) {
    try (ProtocolServer server =
        new ProtocolServer((request, reply) ->
            reply.whole(
                status,
                Map.of("content-type", "application/json"),
                "{\"error\": {\"message\": \"no\", \"type\": \"%s\"}}"
                    .formatted(
                        status == 401 ? "authentication_error" : "invalid_request_error")))) {
      CliBench bench = bench(driver, server, TestSandboxes.chosen());
      try (AgentSession session = bench.open(RealPrograms.path(driver))) {
        AgentReply reply = session.prompt(new Prompt("red", "write"), Cancellation.never());
        assertThat(reply.ending()).isEqualTo(Ending.FAILED);
        assertThat(reply.reason()).contains(reason);
      }
    }
  }

  /** Switched on as their makers say; in Winnow's sandbox they have nowhere to send spans to. */
  private static Map<String, String> tracing(Driver driver, URI server, Path home)
      throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("HOME", home.toString());
    variables.put("PATH", System.getenv("PATH"));
    variables.put("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    switch (driver) {
      case CODEX -> {
        Files.writeString(
            home.resolve("config.toml"),
            """
            model_provider = "played"
            [model_providers.played]
            name = "played"
            base_url = "%1$s/v1"
            env_key = "A_KEY"
            wire_api = "responses"
            supports_websockets = false
            [analytics]
            enabled = false
            [otel]
            trace_exporter = { otlp-http = { endpoint = "%1$s/v1/traces", protocol = "json" } }
            """
                .formatted(server));
        variables.putAll(Map.of("CODEX_HOME", home.toString(), "A_KEY", "x"));
      }
      case CLAUDE ->
          variables.putAll(
              Map.of(
                  "CLAUDE_CONFIG_DIR", home.toString(),
                  "ANTHROPIC_BASE_URL", server.toString(),
                  "ANTHROPIC_API_KEY", "x",
                  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
                  "CLAUDE_CODE_ENABLE_TELEMETRY", "1",
                  "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", "1",
                  "OTEL_TRACES_EXPORTER", "otlp",
                  "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json",
                  "OTEL_EXPORTER_OTLP_ENDPOINT", server.toString()));
    }
    return variables;
  }

  @ParameterizedTest
  @CsvSource({
    "CODEX, codex.exec, exec --skip-git-repo-check hello",
    "CLAUDE, claude_code.interaction, -p hello"
  })
  void itsSpansAreBelowTheOneThatItIsGiven(
      Driver driver, String span, String arguments, @TempDir Path home) throws Exception {
    PlayWords words = new PlayWords((_, _) -> "finished");
    try (ProtocolServer server =
        new ProtocolServer((request, reply) -> {
          if (request.path().equals("/v1/traces")) {
            reply.whole(200, Map.of("content-type", "application/json"), "{}");
          } else {
            words.answer(request, reply);
          }
        })) {
      List<String> command = new ArrayList<>(List.of(RealPrograms.path(driver).toString()));
      command.addAll(List.of(arguments.split(" ")));
      ProcessBuilder program = new ProcessBuilder(command).directory(home.toFile());
      program.environment().clear();
      program.environment().putAll(tracing(driver, server.address(), home));
      Process process =
          program
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("said").toFile())
              .start();
      assertThat(process.waitFor()).as(Files.readString(home.resolve("said"))).isZero();
      assertThat(server.received())
          .filteredOn(request -> request.path().equals("/v1/traces"))
          .flatExtracting(request -> request.body().findParents("parentSpanId"))
          .filteredOn(s -> s.path("name").asText().equals(span))
          .singleElement()
          .satisfies(s -> {
            assertThat(s.path("traceId").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(s.path("parentSpanId").asText()).isEqualTo("b7ad6b7169203331");
          });
    }
  }

  /** Processes that still see the candidate's directory. */
  private static List<String> left(CliBench bench) {
    return ProcessHandle.allProcesses()
        .map(handle -> {
          try {
            Path directory = Path.of("/proc", Long.toString(handle.pid()));
            String all =
                Files.readString(directory.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    + Files.readString(directory.resolve("environ"), StandardCharsets.ISO_8859_1);
            return all.contains(bench.workspace.toString()) ? all : "";
          } catch (IOException e) {
            return "";
          }
        })
        .filter(all -> !all.isEmpty())
        .toList();
  }
}
