package dev.winnow.agent.cli;

import static java.math.BigDecimal.ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentState;
import dev.winnow.agent.AgentState.Status;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Price;
import dev.winnow.agent.PriceTable;
import dev.winnow.telemetry.Redact;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the way of an agent program, in one line, before anything was started. */
class CliAgentsTest {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir private Path home;
  private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/nowhere"));

  private AgentState state(Driver driver, Map<Driver, Path> paths, Optional<String> key) {
    environment.put("HOME", home.toString());
    return agents(paths)
        .state(new AgentConfig.Cli(driver, Optional.empty(), Optional.empty(), key));
  }

  private CliAgents agents(Map<Driver, Path> paths) {
    return new CliAgents(
        new Credentials(Map.of("A_KEY", "sk-secret")),
        environment,
        paths,
        PriceTable.packaged(),
        UpstreamProxy.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void aProgramThatIsNotThereSaysHowToGetIt(Driver driver) {
    AgentState state = state(driver, Map.of(), Optional.of("A_KEY"));
    assertThat(state.status()).isEqualTo(Status.CLI_NOT_FOUND);
    assertThat(state.detail()).contains("npm install -g @");
  }

  @Test
  void aProgramOfAnotherNatureOrAgeIsRefused() {
    Path other = FakeProgram.ofVersion(Driver.CODEX, "my own codec 1.2.3");
    assertThat(state(Driver.CODEX, Map.of(Driver.CODEX, other), Optional.of("A_KEY")))
        .isEqualTo(
            new AgentState(
                Status.CLI_UNUSABLE,
                other + " is not codex: asked for its version it says 'my own codec 1.2.3'"));
    Path old = FakeProgram.ofVersion(Driver.CLAUDE, "1.0.42 (Claude Code)");
    AgentState state = state(Driver.CLAUDE, Map.of(Driver.CLAUDE, old), Optional.of("A_KEY"));
    assertThat(state.status()).isEqualTo(Status.CLI_UNUSABLE);
    assertThat(state.detail()).contains("1.0.42 is too old");
  }

  @Test
  void aRefusalIsNotRememberedForAFileThatDidNotChange() throws IOException {
    Path busy = home.resolve("codex");
    Files.writeString(
        busy,
        """
        #!/bin/sh
        [ -e '%1$s/ready' ] && echo codex-cli 0.169.0 || echo busy
        """
            .formatted(home));
    assertThat(busy.toFile().setExecutable(true)).isTrue();
    Map<Driver, Path> paths = Map.of(Driver.CODEX, busy);
    assertThat(state(Driver.CODEX, paths, Optional.of("A_KEY")).status())
        .isEqualTo(Status.CLI_UNUSABLE);
    Files.createFile(home.resolve("ready"));
    assertThat(state(Driver.CODEX, paths, Optional.of("A_KEY"))).isEqualTo(AgentState.READY);
  }

  @Test
  void behindTheLauncherOfNpmTheProgramItselfIsFound() throws IOException {
    Path scope = home.resolve("node_modules/@openai");
    Path launcher = scope.resolve("codex/bin/codex.js");
    Files.createDirectories(launcher.getParent());
    Files.writeString(launcher, "#!/usr/bin/env node\n");
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    Path real =
        scope.resolve(
            "codex-linux-%s/vendor/%s-unknown-linux-musl/bin/codex"
                .formatted(arm ? "arm64" : "x64", arm ? "aarch64" : "x86_64"));
    Files.createDirectories(real.getParent());
    Files.copy(Path.of("/usr/bin/echo"), real);
    Files.createDirectories(home.resolve("bin"));
    Path link = Files.createSymbolicLink(home.resolve("bin/codex"), launcher);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    environment.put("PATH", "relative:" + link.getParent());
    // echo answers --version with its own
    AgentState state = state(Driver.CODEX, Map.of(), Optional.of("A_KEY"));
    assertThat(state.detail()).startsWith(real + " is not codex: ");
  }

  @Test
  void aProgramWithoutAModelHasAPriceUnderItsOwnName() {
    Path program = FakeProgram.playing(Driver.CODEX, "work");
    AgentConfig.Cli config =
        new AgentConfig.Cli(Driver.CODEX, Optional.empty(), Optional.empty(), Optional.of("A_KEY"));
    PriceTable own = PriceTable.packaged().with(Map.of("codex", new Price(ONE, ONE, ONE, ONE)));
    for (PriceTable prices : List.of(PriceTable.packaged(), own)) {
      Agent agent =
          new CliAgents(
                  new Credentials(Map.of("A_KEY", "sk-secret")),
                  environment,
                  Map.of(Driver.CODEX, program),
                  prices,
                  UpstreamProxy.NONE)
              .build("codex", config);
      assertThat(agent.unpriced())
          .isEqualTo(prices == own ? Optional.empty() : Optional.of("codex"));
    }
    assertThat(state(Driver.CODEX, Map.of(Driver.CODEX, home), Optional.of("A_KEY")).status())
        .as("a directory is no program")
        .isEqualTo(Status.CLI_NOT_FOUND);
  }

  @Test
  void withoutKeyAndLogInItIsNotReady() {
    Path program = FakeProgram.playing(Driver.CODEX, "work");
    Map<Driver, Path> paths = Map.of(Driver.CODEX, program);
    assertThat(state(Driver.CODEX, paths, Optional.of("A_KEY"))).isEqualTo(AgentState.READY);
    assertThat(state(Driver.CODEX, paths, Optional.of("OTHER")).status())
        .isEqualTo(Status.MISSING_KEY);
    assertThat(state(Driver.CODEX, paths, Optional.empty()))
        .isEqualTo(
            new AgentState(
                Status.NOT_LOGGED_IN, "not logged in: set OPENAI_API_KEY, or run: codex login"));
    assertThatThrownBy(() ->
            agents(paths)
                .build(
                    "codex",
                    new AgentConfig.Cli(
                        Driver.CODEX, Optional.empty(), Optional.empty(), Optional.empty())))
        .isInstanceOf(WinnowException.class)
        .hasMessage("Agent 'codex': not logged in: set OPENAI_API_KEY, or run: codex login");
  }

  private FindLogIn logIns() {
    environment.put("HOME", home.toString());
    return new FindLogIn(environment, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static String token(Instant end) {
    String claims = "{\"exp\": %d}".formatted(end.getEpochSecond());
    return "h.%s.s"
        .formatted(Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theCopyOfALogInCannotRenewItself() throws IOException {
    Path file = Files.createDirectories(home.resolve(".codex")).resolve("auth.json");
    String access = token(NOW.plusSeconds(60));
    Files.writeString(
        file,
        """
        {"OPENAI_API_KEY": null, "tokens": {"id_token": "i", "access_token": "%s",
         "refresh_token": "for-ever", "account_id": "a"}, "last_refresh": "2026-01-01T00:00:00Z"}
        """
            .formatted(access));
    FindLogIn.LogIn logIn = logIns().find(Driver.CODEX).logIn().orElseThrow();
    assertThat(logIn.files().get("codex/auth.json"))
        .contains(access, "2026-11-23T12:00:00Z")
        .doesNotContain("for-ever");
    assertThat(logIn.toString()).doesNotContain(access);
    assertThat(Redact.text("it is " + access)).isEqualTo("it is " + Redact.INSTEAD);

    Files.writeString(
        home.resolve(".codex/auth.json"),
        "{\"tokens\": {\"access_token\": \"%s\"}}".formatted(token(NOW.minusSeconds(1))));
    assertThat(logIns().find(Driver.CODEX).problem())
        .isEqualTo("the log-in of Codex has expired; start codex once to renew it");
    Files.writeString(home.resolve(".codex/auth.json"), "{\"tokens\": [");
    assertThat(logIns().find(Driver.CODEX).problem()).startsWith("not logged in");
  }

  @Test
  void withoutAHomeThereIsNoLogInFromTheCurrentDirectory() {
    // whoever wrote the repository could have put one there
    FindLogIn nowhere =
        new FindLogIn(Map.of("CODEX_HOME", "src/test/resources/cli/home"), Clock.systemUTC());
    assertThat(nowhere.find(Driver.CODEX).problem()).startsWith("not logged in");
  }

  @Test
  void claudesLogInIsATokenInTheEnvironmentOrTheFileOfTheProgram() throws IOException {
    Path file = Files.createDirectories(home.resolve(".claude")).resolve(".credentials.json");
    Files.writeString(
        file,
        """
        {"claudeAiOauth": {"accessToken": "short", "refreshToken": "for-ever", "expiresAt": %d}}
        """
            .formatted(NOW.toEpochMilli() + 1));
    FindLogIn.LogIn logIn = logIns().find(Driver.CLAUDE).logIn().orElseThrow();
    assertThat(logIn.environment()).isEqualTo(Map.of("CLAUDE_CODE_OAUTH_TOKEN", "short"));
    assertThat(logIn.files()).isEmpty();
    Files.writeString(file, "{\"claudeAiOauth\": {\"accessToken\": \"short\", \"expiresAt\": 1}}");
    assertThat(logIns().find(Driver.CLAUDE).problem())
        .isEqualTo("the log-in of Claude Code has expired; start claude once to renew it");
    environment.put("CLAUDE_CODE_OAUTH_TOKEN", "given");
    assertThat(logIns().find(Driver.CLAUDE).logIn().orElseThrow().environment())
        .isEqualTo(Map.of("CLAUDE_CODE_OAUTH_TOKEN", "given"));
  }
}
