package dev.winnow.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every kind of agent promises. A subclass says how to build two agents of its kind. */
abstract class AgentContract {

  /** The tool that the agents of this test use. */
  static final String TOOL = "take_note";

  private static @Nullable Database database;

  final TestJournal journal = new TestJournal(requireNonNull(database));
  final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
  final List<String> turns = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger notes = new AtomicInteger();

  @BeforeAll
  static void openDatabase() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    requireNonNull(database).close();
  }

  /** An agent that says something, calls {@link #TOOL} with the text "red", and says "finished". */
  abstract Agent working() throws Exception;

  /** An agent that would work for ten minutes before it says anything. */
  abstract Agent slow() throws Exception;

  /** How often the tool was called, by whatever means. */
  int notes() {
    return notes.get();
  }

  /** Where an agent that is a program works. */
  Optional<AgentPlace> place() {
    return Optional.empty();
  }

  final AgentContext context() {
    TestTool tool =
        TestTool.writing(
            TOOL,
            (arguments, _) -> {
              notes.incrementAndGet();
              return ToolResult.ok("noted " + arguments.path("text").asText(), "noted");
            });
    return new AgentContext(
        "c1",
        "the rules",
        List.of(tool),
        AgentLimits.DEFAULT,
        journal.pickUp(),
        (purpose, turn) -> turns.add(purpose + "/" + turn),
        events::add,
        place());
  }

  @Test
  void aSessionWorksOnAPromptAndReportsDone() throws Exception {
    try (AgentSession session = working().open(context())) {
      AgentReply reply = session.prompt(new Prompt("red", "write tests"), Cancellation.never());
      assertThat(reply.ending()).isEqualTo(AgentReply.Ending.DONE);
      assertThat(reply.text()).isEqualTo("finished");
      assertThat(reply.turns()).isPositive();
      assertThat(notes()).isEqualTo(1);
      assertThat(turns).containsExactly("red/1");
    }
  }

  @Test
  void eventsTellTheStoryInOrder() throws Exception {
    try (AgentSession session = working().open(context())) {
      session.prompt(new Prompt("red", "write tests"), Cancellation.never());
    }
    // what is shown while a model still speaks depends on how fast the machine is
    List<RunEvent> story =
        events.stream().filter(e -> !(e instanceof RunEvent.ModelTextPart)).toList();
    assertThat(story)
        .extracting(e -> e.getClass().getSimpleName())
        .containsExactly("ModelText", "ToolCalled", "ToolReturned", "ModelText");
    assertThat(story.get(1))
        .isInstanceOfSatisfying(
            RunEvent.ToolCalled.class,
            called -> {
              assertThat(called.candidate()).isEqualTo("c1");
              assertThat(called.purpose()).isEqualTo("red");
              assertThat(called.tool()).isEqualTo(TOOL);
              assertThat(called.summary()).isEqualTo("red");
            });
  }

  @Test
  @Timeout(60)
  void cancellationEndsAPromptAtOnce() throws Exception {
    Cancellation cancellation = new Cancellation();
    CountDownLatch started = new CountDownLatch(1);
    try (AgentSession session = slow().open(context())) {
      Thread.ofVirtual()
          .start(() -> {
            started.countDown();
            cancellation.cancel("the user pressed Ctrl-C");
          });
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> session.prompt(new Prompt("red", "write tests"), cancellation))
          .isInstanceOf(Cancellation.Cancelled.class)
          .hasMessage("the user pressed Ctrl-C");
    }
  }

  @Test
  void whatIsRecordedIsNeitherRepeatedNorToldAgain() throws Exception {
    AgentReply first;
    try (AgentSession session = working().open(context())) {
      first = session.prompt(new Prompt("red", "write tests"), Cancellation.never());
    }
    int told = events.size();
    try (AgentSession session = working().open(context())) {
      assertThat(session.prompt(new Prompt("red", "write tests"), Cancellation.never()))
          .isEqualTo(first);
    }
    assertThat(notes()).isEqualTo(1);
    assertThat(events).hasSize(told);
  }

  @Test
  void stepsAreNamedAfterCandidatePurposeAndTurn() throws Exception {
    try (AgentSession session = working().open(context())) {
      session.prompt(new Prompt("red", "write tests"), Cancellation.never());
    }
    assertThat(journal.keys()).isNotEmpty().allMatch(key -> key.startsWith("c1/red/"));
  }
}
