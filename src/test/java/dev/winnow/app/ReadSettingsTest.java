package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Usage;
import dev.winnow.agent.provider.ProviderAccount;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.provider.SdkModels;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.egress.AllowedHost;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadSettingsTest {

  @TempDir Path temp;
  private Path repository;
  private Path operatorFile;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void places() throws IOException {
    repository = Files.createDirectory(temp.resolve("repository"));
    operatorFile =
        Files.createDirectories(temp.resolve("home/.config/winnow")).resolve("winnow.yaml");
    environment.put("HOME", temp.resolve("home").toString());
  }

  private Settings read() {
    return ReadSettings.read(environment, repository, repository);
  }

  private void repositorySays(String yaml) throws IOException {
    Files.writeString(repository.resolve("winnow.yaml"), yaml);
  }

  private AgentConfig config(String name) {
    return Objects.requireNonNull(read().agents().get(name)).config();
  }

  private String problem() {
    try {
      Settings settings = read();
      return "none: " + settings.sources();
    } catch (WinnowException e) {
      assertThat(e.category()).isEqualTo(WinnowException.Category.SETTINGS);
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void nothingNeedsToBeSet() {
    Settings settings = read();
    assertThat(settings.sandbox()).isEqualTo(ChooseSandbox.Preference.AUTO);
    assertThat(settings.databaseUrl()).isNull();
    assertThat(settings.agents()).isEmpty();
    assertThat(settings.dataDirectory()).isAbsolute();
  }

  @Test
  void environmentWinsOverTheOperatorsFile() throws IOException {
    Files.writeString(operatorFile, "sandbox: landlock\ndata-dir: /srv/a\n");
    environment.put("WINNOW_DATA_DIR", "/srv/b");
    Settings settings = read();
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("/srv/b"));
    assertThat(settings.sandbox()).isEqualTo(ChooseSandbox.Preference.LANDLOCK);
    assertThat(settings.sources()).containsEntry("data-dir", "environment: WINNOW_DATA_DIR");
  }

  @Test
  void everySettingIsShownWithItsSourceAndNeverASecret() throws IOException {
    environment.put("DATABASE_URL", "postgresql://me:hunter2@db/x");
    repositorySays("agents:\n  r: {kind: scripted, script: r.json}\nlimits: {test-time: 90s}\n");
    List<Settings.Shown> shown = read().from("data-dir", "--data-dir").shown();
    assertThat(shown)
        .contains(
            new Settings.Shown("database-url", "set, not shown", "environment: DATABASE_URL"),
            new Settings.Shown("sandbox", "auto", "default"),
            new Settings.Shown("limits.command-time", "5m", "default"))
        .anyMatch(s -> s.setting().equals("data-dir") && s.source().equals("--data-dir"))
        .anyMatch(s -> s.setting().equals("agents") && s.source().contains("winnow.yaml"))
        .anyMatch(s -> s.setting().equals("limits.test-time") && s.value().equals("1m30s"));
    assertThat(shown.toString()).doesNotContain("hunter2");
  }

  @Test
  void snapshotsTravelThroughTheDatabaseOrAGitRemoteThatNobodySeesThePasswordOf()
      throws IOException {
    assertThat(read().snapshots()).isNull();
    Files.writeString(operatorFile, "snapshots: shared.git\n");
    assertThat(Objects.requireNonNull(read().snapshots()).shown())
        .isEqualTo(operatorFile.resolveSibling("shared.git").toString());
    environment.put("WINNOW_SNAPSHOTS", "https://me:hunter2@git.example.org/team/winnow.git");
    assertThat(read().shown())
        .contains(
            new Settings.Shown(
                "snapshots",
                "https://git.example.org/team/winnow.git",
                "environment: WINNOW_SNAPSHOTS"));
    for (String wrong :
        List.of("ext::sh -c id", "git://h/x", "ssh://me:hunter2@h/x", "https:x", "file://[")) {
      environment.put("WINNOW_SNAPSHOTS", wrong);
      assertThat(problem()).contains("WINNOW_SNAPSHOTS").doesNotContain("hunter2");
    }
    environment.put("WINNOW_SNAPSHOTS", "postgresql");
    assertThat(read().snapshots()).isNull();
  }

  @Test
  void repositoryWinsOverTheOperatorsFileWhereItMay() throws IOException {
    Files.writeString(operatorFile, "limits: {test-time: 5m, parallelism: 2}\n");
    repositorySays("limits:\n  test-time: 90s\n");
    assertThat(read().limits().testTime()).isEqualTo(Duration.ofSeconds(90));
    assertThat(read().limits().parallelism()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sandbox: none",
        "prices: {gpt-5: {input: 0, output: 0}}",
        "providers: {openai: {calls: 999}}",
        "context-windows: {gpt-5: 9000000}",
        "data-dir: /tmp/x",
        "snapshots: /tmp/evil.git",
        "database-url: postgresql://evil.test/x"
      })
  void repositoryMustNotDecideAboutTheMachine(String line) throws IOException {
    repositorySays("limits: {parallelism: 2}\n" + line + "\n");
    assertThat(problem())
        .contains("winnow.yaml, line 2: " + line.substring(0, line.indexOf(':')))
        .contains("a repository must not set this")
        .doesNotContain("evil");
  }

  @Test
  void pricesOfTheOperatorAreRead() throws IOException {
    Files.writeString(operatorFile, "prices:\n  openai-responses:qwen3: {input: 0.5, output: 2}\n");
    assertThat(Agents.prices(read()).costMicros("qwen3", new Usage(10, 10, 0, 0))).hasValue(25);
    Files.writeString(operatorFile, "prices: {gpt-5: {input: cheap, output: 1}, x: 3}\n");
    assertThat(problem())
        .contains("prices.gpt-5: input must be a number")
        .contains("prices.x: input is missing");
  }

  @Test
  void limitsOfProvidersAndWindowsOfModelsAreRead() throws IOException {
    Files.writeString(
        operatorFile,
        """
        providers:
          openai: {calls: 4, calls-per-minute: 60, silence: 90s, attempts: 2}
          http: {time: 2m}
        context-windows: {qwen3-coder: 32768}
        """);
    ModelSettings models = read().models();
    assertThat(models.limits("openai").concurrency()).isEqualTo(4);
    assertThat(models.limits("openai").perMinute()).isEqualTo(60);
    assertThat(models.limits("openai").silence()).hasSeconds(90);
    assertThat(models.limits("openai").attempts()).isEqualTo(2);
    assertThat(models.limits("http").total()).hasMinutes(2);
    assertThat(models.limits("anthropic")).isEqualTo(ProviderLimits.DEFAULT);
    ProviderAccount local =
        new ProviderAccount("", Optional.of(URI.create("http://127.0.0.1:1/v1")), Optional.empty());
    SdkModels made =
        new SdkModels(Agents.prices(read()), Map.of(), models.windows(), UpstreamProxy.NONE);
    assertThat(
            made.openAi("openai-responses:qwen3-coder", local, OptionalDouble.empty())
                .contextTokens())
        .isEqualTo(32_768);
    assertThat(read().shown())
        .anyMatch(shown ->
            shown.setting().equals("providers.openai")
                && shown.value().startsWith("4 calls at once, 60 a minute, silence 1m30s"));
  }

  @Test
  void wrongLimitsOfProvidersAreAllNamed() throws IOException {
    Files.writeString(
        operatorFile,
        "providers: {openai: {calls: 0, pace: 3}, gemini: {}, http: 4}\ncontext-windows: {a: many}\n");
    assertThat(problem())
        .contains("providers.openai.calls: expected a number from 1 to 1000")
        .contains("providers.openai.pace: unknown key; known are attempts, calls")
        .contains("providers.gemini: expected openai, anthropic, http")
        .contains("providers.http: expected limits such as")
        .contains("context-windows.a: expected a number");
  }

  @Test
  void dotEnvMustNotDecideAboutTheMachine() throws IOException {
    Files.writeString(repository.resolve(".env"), "WINNOW_SANDBOX=none\n");
    assertThat(problem()).contains(".env: WINNOW_SANDBOX: a .env file must not set this");
  }

  @Test
  void databaseOfTheProjectIsNotWinnows() throws IOException {
    Files.writeString(
        repository.resolve(".env"),
        "DATABASE_URL=postgres://app@db/app\nexport AGENT_FS_ENABLED=\"false\"\n");
    assertThat(read().databaseUrl()).isNull();
    assertThat(read().tools().files()).isFalse();
  }

  @Test
  void allErrorsAreReportedAtOnce() throws IOException {
    repositorySays(
        "colour: red\nlimits: {test-time: soon, speed: 3}\nagents: {a: {kind: robot}}\n");
    environment.put("WINNOW_SANDBOX", "maybe");
    assertThat(problem())
        .startsWith("5 settings are wrong:")
        .contains("line 1: colour: unknown key")
        .contains("limits.test-time: expected a duration such as 90s")
        .contains("limits.speed: unknown key")
        .contains("line 3: agents.a: kind must be")
        .contains("environment: WINNOW_SANDBOX: expected auto");
  }

  @Test
  void passwordIsNeverRepeated() {
    environment.put("DATABASE_URL", "mysql://me:secret@host/db");
    assertThat(problem()).contains("environment: DATABASE_URL").doesNotContain("secret");
  }

  @Test
  void agentsOfTheDesignAreUnderstood() throws IOException {
    Files.writeString(
        operatorFile,
        """
        agents:
          openai:    {kind: sdk, provider: openai, model: "openai-responses:gpt-5.1-codex"}
          anthropic: {kind: sdk, provider: anthropic, model: "anthropic:claude-opus-5-5"}
          local:     {kind: sdk, provider: openai, base-url: "http://127.0.0.1:11434/v1", model: "openai-responses:qwen3-coder"}
          codex:     {kind: cli, driver: codex}
          claude:    {kind: cli, driver: claude}
          reviewer:  {kind: http, endpoint: "https://agents.example.org/v1/prompt", headers: {Authorization: "Bearer ${REVIEWER_TOKEN}"}}
          rehearsal: {kind: scripted, script: scripts/right.json}
        """);
    environment.put("REVIEWER_TOKEN", "hunter2-token");
    environment.put("OPENAI_API_KEY", "sk-hunter2");
    Settings settings = read();
    assertThat(settings.agents().keySet())
        .containsExactly(
            "openai", "anthropic", "local", "codex", "claude", "reviewer", "rehearsal");
    assertThat(config("openai"))
        .isInstanceOfSatisfying(
            AgentConfig.Sdk.class,
            sdk -> {
              assertThat(sdk.modelName()).isEqualTo("openai-responses:gpt-5.1-codex");
              assertThat(sdk.key()).contains("OPENAI_API_KEY");
              assertThat(sdk.baseUrl()).isEmpty();
            });
    // a server of its own gets no key that was not meant for it
    assertThat(config("local"))
        .isInstanceOfSatisfying(AgentConfig.Sdk.class, sdk -> assertThat(sdk.key()).isEmpty());
    assertThat(config("rehearsal"))
        .isEqualTo(new AgentConfig.Scripted(operatorFile.resolveSibling("scripts/right.json")));
    assertThat(settings.credentials().get("REVIEWER_TOKEN")).contains("hunter2-token");
    assertThat(settings.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai:gpt-5", "gpt-5"})
  void openaiModelsMustNameTheResponsesApi(String model) throws IOException {
    repositorySays("agents: {a: {kind: sdk, provider: openai, model: \"" + model + "\"}}\n");
    assertThat(problem())
        .contains("agents.a.model: OpenAI models are written openai-responses:gpt-5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: [",
        "- list",
        "just text",
        "a: 1\na: 2",
        "a: &a [*a]",
        "x: !!javax.script.ScriptEngineManager []",
        "\u0000",
      })
  void brokenFilesAreOneClearLine(String yaml) throws IOException {
    repositorySays(yaml);
    assertThat(problem()).contains("winnow.yaml").doesNotContain("none:").hasLineCount(1);
  }

  @Test
  void linkInARepositoryIsNotFollowed() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "topsecret: 1\n");
    Files.createSymbolicLink(repository.resolve("winnow.yaml"), secret);
    assertThat(problem()).contains("not a regular file").doesNotContain("topsecret");
  }

  @Test
  void hugeFileIsRefused() throws IOException {
    repositorySays("# " + "x".repeat(2 << 20));
    assertThatThrownBy(this::read).hasMessageContaining("at most 1 MiB");
  }

  @Test
  void emptyFileSaysNothing() throws IOException {
    repositorySays("# nothing\n");
    assertThat(read().sources()).isEmpty();
  }

  @Test
  void toolsThatReachOutAreOffUnlessTheyAreSwitchedOn() {
    assertThat(read().tools().fetch()).isEmpty();
    assertThat(read().tools().browser()).isEmpty();

    environment.put("HTTP_FETCH_ENABLED", "true");
    environment.put("HTTP_FETCH_TIMEOUT_SECONDS", "7");
    environment.put("HTTP_FETCH_MAX_CHARS", "1234");
    environment.put("AGENT_BROWSER_ENABLED", "1");
    environment.put("AGENT_BROWSER_TIMEOUT_SECONDS", "9");
    environment.put("AGENT_BROWSER_ALLOWED_HOSTS", "example.org, *.example.org:8443");

    assertThat(read().tools().fetch())
        .contains(new ToolSettings.Fetch(Duration.ofSeconds(7), 1234));
    ToolSettings.Browser browser = read().tools().browser().orElseThrow();
    assertThat(browser.timeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(browser.hosts())
        .extracting(AllowedHost::shown)
        .containsExactly("example.org", "*.example.org:8443");
    assertThat(browser.eval()).isFalse();
    assertThat(read().shown())
        .extracting(Settings.Shown::setting)
        .contains("http-fetch", "agent-browser");
  }

  @Test
  void wrongToolSettingsAreAllToldAtOnce() {
    environment.put("HTTP_FETCH_ENABLED", "maybe");
    environment.put("HTTP_FETCH_TIMEOUT_SECONDS", "0");
    environment.put("HTTP_FETCH_MAX_CHARS", "many");
    environment.put("AGENT_BROWSER_ALLOWED_HOSTS", "http://x/");
    environment.put("WINNOW_PRIVATE_HOSTS", "a b:99999");

    assertThat(problem())
        .contains(
            "5 settings are wrong",
            "HTTP_FETCH_ENABLED: expected true or false",
            "HTTP_FETCH_TIMEOUT_SECONDS: expected a number from 1 to 600",
            "HTTP_FETCH_MAX_CHARS: expected a number",
            "AGENT_BROWSER_ALLOWED_HOSTS: 'http://x/' is no host",
            "WINNOW_PRIVATE_HOSTS: 'b:99999' is no host");
  }

  @Test
  void aRepositoryCannotVouchForPrivateHosts() throws IOException {
    Files.writeString(repository.resolve(".env"), "WINNOW_PRIVATE_HOSTS=169.254.169.254\n");

    assertThat(problem()).contains("WINNOW_PRIVATE_HOSTS: a .env file must not set this");
  }
}
