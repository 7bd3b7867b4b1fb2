package dev.winnow.agent.cli;

import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.TestJournal;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import dev.winnow.workspace.TestSandboxes;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A candidate's workspace and journal, in which programs are tried. */
final class CliBench {

  static final String SECRET = "sk-the-real-key-of-the-user";

  final Driver driver;
  final Sandbox sandbox;
  final Path workspace;
  final TestJournal journal;
  final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
  Consumer<RunEvent> listener = _ -> {};
  Duration silence = Duration.ofMinutes(5);
  AgentLimits limits = AgentLimits.DEFAULT;
  Optional<URI> provider = Optional.empty();
  Optional<String> model = Optional.empty();
  Optional<String> key = Optional.of("A_KEY");
  Map<String, String> environment = Map.of();
  UpstreamProxy upstream = UpstreamProxy.NONE;

  CliBench(Driver driver, Database database) {
    this(driver, database, TestSandboxes.chosen());
  }

  CliBench(Driver driver, Database database, Sandbox sandbox) {
    this.driver = driver;
    this.sandbox = sandbox;
    this.journal = new TestJournal(database);
    this.workspace = TestSandboxes.newWorkspace(sandbox);
  }

  Agent agent(Path program) {
    return new CliAgents(
            new Credentials(Map.of("A_KEY", SECRET)),
            environment,
            Map.of(driver, program),
            PriceTable.packaged(),
            upstream,
            silence)
        .build(driver.label(), new AgentConfig.Cli(driver, model, provider, key));
  }

  AgentSession open(Path program) {
    return open(program, workspace);
  }

  /** As another node would, with directories of its own. */
  AgentSession open(Path program, Path files) {
    AgentPlace place =
        new AgentPlace(
            files,
            files.resolveSibling("c1.program"),
            sandbox,
            argv -> SandboxCommand.of(files, Limits.DEFAULT, argv.toArray(String[]::new)));
    return agent(program)
        .open(
            new AgentContext(
                "c1",
                "the rules",
                List.of(),
                limits,
                journal.pickUp(),
                (_, _) -> {},
                event -> {
                  events.add(event);
                  listener.accept(event);
                },
                Optional.of(place)));
  }

  /** What the agent said, in order. */
  List<String> said() {
    return events.stream()
        .filter(RunEvent.ModelText.class::isInstance)
        .map(event -> ((RunEvent.ModelText) event).text())
        .toList();
  }

  /** What the user was told beside it. */
  List<String> notices() {
    return events.stream()
        .filter(RunEvent.Notice.class::isInstance)
        .map(event -> ((RunEvent.Notice) event).text())
        .toList();
  }
}
