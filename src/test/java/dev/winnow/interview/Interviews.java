package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentFactories;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.ScriptedAgents;
import dev.winnow.agent.StoreAgents;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.RecordAnswers;
import dev.winnow.spec.RecordAnswers.Given;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.Task;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Interviews with scripted agents in a database of their own. */
final class Interviews implements AutoCloseable {

  static final Task TASK =
      new Task("Add an export of the order list as CSV, with the columns that the list shows.");

  final Database database = TestDatabase.fresh();
  final SpecService specs = new SpecService(database, Optional.empty());
  private final Path directory;
  private final AgentRegistry agents =
      new AgentRegistry(
          Map.of(),
          new AgentFactories(
              Map.of(), Map.of(), Optional.empty(), new ScriptedAgents(Toolbox.NAMES)));

  Interviews(Path directory) {
    this.directory = directory;
  }

  Spec spec(String task) {
    return specs.create(
        new SpecService.Draft(new Task(task), Optional.empty(), Optional.empty(), "ann"));
  }

  AgentRequest scripted(String name, String script) throws IOException {
    Files.writeString(directory.resolve(name), script);
    NamedAgent agent = agents.resolve(List.of("scripted:" + name), directory).getFirst();
    return new StoreAgents(agents).request(agent, directory);
  }

  InterviewOptions single(int most, String script) throws IOException {
    return new InterviewOptions(
        Mode.SINGLE,
        OptionalInt.of(most),
        List.of(scripted("one.json", script)),
        Optional.empty(),
        Budget.UNLIMITED);
  }

  InterviewOptions dual(int most, String first, String second, String judge) throws IOException {
    return new InterviewOptions(
        Mode.DUAL,
        OptionalInt.of(most),
        List.of(scripted("one.json", first), scripted("two.json", second)),
        Optional.of(scripted("judge.json", judge)),
        Budget.UNLIMITED);
  }

  /** As a process of its own would have it. */
  ConductInterview conduct() {
    return new ConductInterview(
        database,
        specs,
        agents,
        directory,
        "test",
        new TraceLinks(Optional.of("https://traces.example.org/{trace_id}")));
  }

  Spec begin(Spec spec, InterviewOptions options) {
    return conduct().begin(spec.id(), options, Cancellation.never());
  }

  Spec goOn(Spec spec) {
    return conduct().goOn(spec.id(), Cancellation.never());
  }

  Spec answer(Spec spec, Given... given) {
    return switch (new RecordAnswers(specs)
        .record(spec.id(), List.of(given), spec.version(), "ann")) {
      case RecordAnswers.Result.Saved saved -> saved.spec();
      case RecordAnswers.Result.Conflict conflict -> throw new AssertionError(conflict.message());
    };
  }

  long calls(Spec spec) {
    return database
        .queryOne(
            "select count(*) as n from step s join run r on r.id = s.run_id where r.spec_id = ?"
                + " and s.key like '%/call'",
            row -> row.number("n"), spec.id())
        .orElseThrow();
  }

  @Override
  public void close() {
    database.close();
  }
}
