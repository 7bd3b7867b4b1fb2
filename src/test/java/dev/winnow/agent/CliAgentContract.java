package dev.winnow.agent;

import dev.winnow.agent.cli.CliAgents;
import dev.winnow.agent.cli.FakeProgram;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.TestSandboxes;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The promises of every agent, kept by a program in the sandbox; here a stand-in for it. */
abstract class CliAgentContract extends AgentContract {

  private final Driver driver;
  private final Sandbox sandbox = TestSandboxes.chosen();
  private final Path workspace = TestSandboxes.newWorkspace(sandbox);

  CliAgentContract(Driver driver) {
    this.driver = driver;
  }

  private Agent playing(String scenario) {
    return new CliAgents(
            new Credentials(Map.of("A_KEY", "sk-secret-key")),
            Map.of(),
            Map.of(driver, FakeProgram.playing(driver, scenario)),
            PriceTable.packaged(),
            UpstreamProxy.NONE)
        .build(
            driver.label(),
            new AgentConfig.Cli(driver, Optional.empty(), Optional.empty(), Optional.of("A_KEY")));
  }

  @Override
  Agent working() {
    return playing("work");
  }

  @Override
  Agent slow() {
    return playing("slow");
  }

  @Override
  int notes() {
    try {
      Path notes = workspace.resolve("notes.txt");
      return Files.exists(notes) ? Files.readAllLines(notes).size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  Optional<AgentPlace> place() {
    return Optional.of(
        new AgentPlace(
            workspace,
            workspace.resolveSibling("c1.program"),
            sandbox,
            argv -> SandboxCommand.of(workspace, Limits.DEFAULT, argv.toArray(String[]::new))));
  }
}
