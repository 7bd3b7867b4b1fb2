package dev.winnow.agent;

import static java.util.Objects.requireNonNull;

import dev.winnow.Cancellation;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A session of the built-in agent with a model that plays, and what it did. */
abstract class AssistantFixture {

  private static @Nullable Database database;

  final TestJournal journal = new TestJournal(requireNonNull(database));
  final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
  final List<String> turns = new ArrayList<>();
  AgentLimits limits = AgentLimits.DEFAULT;
  volatile String files = "";

  final Tool read = TestTool.reading("read", (a, _) -> ToolResult.ok("r" + a, "read"));
  final Tool write = TestTool.writing("write", (a, _) -> ToolResult.ok("w" + a, "wrote"));

  @BeforeAll
  static void openDatabase() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    requireNonNull(database).close();
  }

  AgentSession open(ChatModel model, Tool... tools) {
    return new AssistantAgent("test", Agent.Kind.SDK, model)
        .open(
            new AgentContext(
                "c1",
                "the rules",
                List.of(tools),
                limits,
                journal.pickUp(),
                new AgentContext.TurnListener() {
                  @Override
                  public void turnEnded(String purpose, int turn) {
                    turns.add(purpose + "/" + turn);
                  }

                  @Override
                  public String files() {
                    return files;
                  }
                },
                events::add));
  }

  AgentReply run(ChatModel model, Tool... tools) {
    try (AgentSession session = open(model, tools)) {
      return session.prompt(new Prompt("green", "do it"), Cancellation.never());
    }
  }

  /** What the model was told about its n-th call of the only turn. */
  static Message.ToolReturn returned(TestModel model, int n) {
    List<Message.ToolReturn> returns =
        model.requests.getLast().messages().stream()
            .filter(Message.ToolReturn.class::isInstance)
            .map(Message.ToolReturn.class::cast)
            .toList();
    return returns.get(n - 1);
  }
}
