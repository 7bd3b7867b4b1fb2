package dev.winnow.agent.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.tool.Delegate;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tool with which a built-in agent hands a task to a program. */
class DelegateToProgramTest {

  private static @Nullable Database database;

  @BeforeAll
  static void openDatabase() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    requireNonNull(database).close();
  }

  private final CliBench bench = new CliBench(Driver.CODEX, requireNonNull(database));

  private Tool tool(Map<Driver, Path> programs) {
    CliAgents agents =
        new CliAgents(
            new Credentials(Map.of("A_KEY", "sk-secret-key")),
            Map.of("PATH", "/nowhere"),
            programs,
            PriceTable.packaged(),
            UpstreamProxy.NONE);
    AgentConfig.Cli config =
        new AgentConfig.Cli(Driver.CODEX, Optional.empty(), Optional.empty(), Optional.of("A_KEY"));
    var steps = bench.journal.pickUp();
    return new Toolbox(
            ToolSettings.inside(), Map.of("delegate_codex", new DelegateToProgram(agents, config)))
        .delegates(prompt ->
            new Delegate.Assignment(
                prompt,
                "c1",
                bench.workspace,
                bench.workspace.resolveSibling("c1.delegate"),
                bench.sandbox,
                argv ->
                    SandboxCommand.of(bench.workspace, Limits.DEFAULT, argv.toArray(String[]::new)),
                steps,
                bench.events::add))
        .getFirst();
  }

  private static JsonNode prompt(String text) {
    return Json.mapper().createObjectNode().put("prompt", text);
  }

  @Test
  void theProgramWorksOnTheCandidatesFilesAndItsAnswerIsTheResult() {
    Tool tool = tool(Map.of(Driver.CODEX, FakeProgram.playing(Driver.CODEX, "work")));
    assertThat(tool.spec().name()).isEqualTo("delegate_codex");
    assertThat(tool.writes()).isTrue();
    for (int time = 1; time <= 2; time++) {
      assertThat(tool.call(prompt("fix it"), Cancellation.never()))
          .isEqualTo(ToolResult.ok("finished", "codex is done"));
    }
    assertThat(bench.workspace.resolve("notes.txt")).hasContent("fix it\nfix it");
    assertThat(bench.said()).contains("prompt 1");
    assertThat(bench.workspace.resolveSibling("c1.delegate")).doesNotExist();
  }

  @Test
  void aBudgetThatCannotPayForAProgramIsAResultToo() {
    bench.journal.budget(1_000_000);
    ToolResult result =
        tool(Map.of(Driver.CODEX, FakeProgram.playing(Driver.CODEX, "work")))
            .call(prompt("fix it"), Cancellation.never());
    assertThat(result.ok()).isFalse();
    assertThat(result.text()).startsWith("codex cannot be asked: The price of codex is unknown");
    assertThat(bench.workspace.resolve("notes.txt")).doesNotExist();
  }

  @Test
  void whatIsInTheWayIsAResultThatTheModelReads() {
    ToolResult result = tool(Map.of()).call(prompt("fix it"), Cancellation.never());
    assertThat(result.ok()).isFalse();
    assertThat(result.text()).contains("'codex' is not on the PATH");
    assertThat(tool(Map.of()).call(prompt(" "), Cancellation.never()).text())
        .isEqualTo("the task is empty");
  }
}
