package dev.winnow.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.agent.Reply.Failure;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One prompt to many agents; whatever happens to one of them is a reply. */
@Timeout(60)
class PromptDispatcherTest {

  private static final Prompt HELLO = new Prompt("answer", "hello");

  private static @Nullable Database database;

  private final TestJournal journal = new TestJournal(requireNonNull(database));
  private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final PromptDispatcher dispatcher = new PromptDispatcher();

  @BeforeAll
  static void openDatabase() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    requireNonNull(database).close();
  }

  private PromptDispatcher.Target target(
      String name, Duration time, BiFunction<ModelRequest, Cancellation, ModelReply> replies) {
    return target(
        new AssistantAgent(name, Agent.Kind.SCRIPTED, new TestModel(replies)), name, time);
  }

  private PromptDispatcher.Target target(Agent agent, String name, Duration time) {
    return new PromptDispatcher.Target(
        new NamedAgent(name, agent),
        new AgentContext(
            name,
            "rules",
            List.of(),
            new AgentLimits(5, 5, time),
            journal.pickUp(),
            (_, _) -> {},
            events::add));
  }

  private static final Duration LONG = Duration.ofMinutes(10);

  private static ModelReply waitForEver(Cancellation cancellation) {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = cancellation.onCancel(cancelled::countDown)) {
      cancelled.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    throw new Cancellation.Cancelled(String.valueOf(cancellation.reason()));
  }

  /** An agent that speaks, and then does what a test says; without the care of the tool loop. */
  private Agent raw(BiFunction<AgentContext, Cancellation, AgentReply> work) {
    return new Agent() {
      @Override
      public String name() {
        return "raw";
      }

      @Override
      public Kind kind() {
        return Kind.CLI;
      }

      @Override
      public Optional<String> unpriced() {
        return Optional.empty();
      }

      @Override
      public AgentSession open(AgentContext context) {
        return new AgentSession() {
          @Override
          public AgentReply prompt(Prompt prompt, Cancellation cancellation) {
            context
                .events()
                .accept(
                    new RunEvent.ModelText(context.candidate(), prompt.purpose(), 1, "half of"));
            return work.apply(context, cancellation);
          }

          @Override
          public void close() {
            throw new IllegalStateException("close fails too");
          }
        };
      }
    };
  }

  @Test
  void allAreAskedAtTheSameTimeAndAnswerInTheOrderOfTheTargets() {
    CountDownLatch all = new CountDownLatch(3);
    BiFunction<ModelRequest, Cancellation, ModelReply> model =
        (request, _) -> {
          all.countDown();
          try {
            all.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return TestModel.says("answer to " + request.purpose());
        };
    var steps = journal.pickUp();
    List<PromptDispatcher.Target> targets = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Agent agent = new AssistantAgent(name, Agent.Kind.SDK, new TestModel(model));
      targets.add(
          new PromptDispatcher.Target(
              new NamedAgent(name, agent),
              new AgentContext(
                  name, "r", List.of(), AgentLimits.DEFAULT, steps, (_, _) -> {}, events::add)));
    }
    List<Reply> replies = dispatcher.send(targets, HELLO, Cancellation.never());
    assertThat(replies).extracting(Reply::agent).containsExactly("a", "b", "c");
    assertThat(replies).allMatch(Reply::ok).allMatch(r -> r.text().equals("answer to answer"));
  }

  @Test
  void oneThatFailsStopsNoOther() {
    var steps = journal.pickUp();
    List<PromptDispatcher.Target> targets =
        List.of(
            new PromptDispatcher.Target(
                new NamedAgent(
                    "bad",
                    raw((_, _) -> {
                      throw new WinnowException(Category.AGENT, "the provider said no");
                    })),
                context("bad", steps)),
            new PromptDispatcher.Target(
                new NamedAgent(
                    "broken",
                    raw((_, _) -> {
                      throw new IllegalStateException("a bug with a secret in it");
                    })),
                context("broken", steps)),
            new PromptDispatcher.Target(
                new NamedAgent(
                    "good",
                    new AssistantAgent(
                        "good", Agent.Kind.SDK, TestModel.of(TestModel.says("fine")))),
                context("good", steps)));
    List<Reply> replies = dispatcher.send(targets, HELLO, Cancellation.never());
    assertThat(replies.get(0).failure()).contains(Failure.AGENT);
    assertThat(replies.get(0).reason()).isEqualTo("the provider said no");
    assertThat(replies.get(0).text()).isEqualTo("half of");
    assertThat(replies.get(1).failure()).contains(Failure.INTERNAL);
    assertThat(replies.get(1).reason()).isEqualTo("internal error in agent broken");
    assertThat(replies.get(1).agentFailed()).isTrue();
    assertThat(replies.get(2).ok()).isTrue();
    assertThat(replies.get(2).text()).isEqualTo("fine");
  }

  private AgentContext context(String candidate, dev.winnow.checkpoint.CheckpointManager steps) {
    return new AgentContext(
        candidate, "r", List.of(), AgentLimits.DEFAULT, steps, (_, _) -> {}, events::add);
  }

  @Test
  void eachAgentHasItsOwnTime() {
    Reply slow =
        dispatcher.send(
            target("slow", Duration.ofMillis(50), (_, stop) -> waitForEver(stop)),
            HELLO,
            Cancellation.never());
    assertThat(slow.failure()).contains(Failure.TIME_LIMIT);
    assertThat(slow.reason()).isEqualTo("the time limit of 0.05s is over");
    assertThat(slow.orThrow()).isSameAs(slow);
  }

  @Test
  void anAgentThatDoesNotWatchTheClockIsStoppedAndItsWordsAreKept() {
    Reply reply =
        dispatcher.send(
            target(
                raw((_, stop) -> {
                  waitForEver(stop);
                  throw new IllegalStateException();
                }),
                "raw",
                Duration.ofMillis(50)),
            HELLO,
            Cancellation.never());
    assertThat(reply.failure()).contains(Failure.TIME_LIMIT);
    assertThat(reply.text()).isEqualTo("half of");
  }

  @Test
  void cancellationReachesAllAndIsAReplyToo() {
    Cancellation cancellation = new Cancellation();
    Reply reply =
        dispatcher.send(
            target(
                raw((_, stop) -> {
                  cancellation.cancel("the user pressed Ctrl-C");
                  waitForEver(stop);
                  throw new IllegalStateException();
                }),
                "raw",
                LONG),
            HELLO,
            cancellation);
    assertThat(reply.failure()).contains(Failure.CANCELLED);
    assertThat(reply.text()).isEqualTo("half of");
    assertThatThrownBy(reply::orThrow)
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("the user pressed Ctrl-C");
  }

  @Test
  void aPromptAfterTheCancellationIsNotSent() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel("enough");
    TestModel model = TestModel.of();
    Reply reply =
        dispatcher.send(
            target(new AssistantAgent("a", Agent.Kind.SDK, model), "a", LONG), HELLO, cancellation);
    assertThat(reply.failure()).contains(Failure.CANCELLED);
    assertThat(model.requests).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Category.class)
  void whatIsNotTheAgentsFaultIsNamedAndCanBeThrownAgain(Category category) {
    Reply reply =
        dispatcher.send(
            target(
                raw((_, _) -> {
                  throw new WinnowException(category, "one line");
                }),
                "raw",
                LONG),
            HELLO,
            Cancellation.never());
    assertThat(reply.reason()).isEqualTo("one line");
    switch (category) {
      case BUDGET, SANDBOX, INFRASTRUCTURE -> {
        assertThat(reply.failure().orElseThrow().label()).isEqualToIgnoringCase(category.name());
        assertThatThrownBy(reply::orThrow)
            .isInstanceOfSatisfying(
                WinnowException.class, e -> assertThat(e.category()).isEqualTo(category));
      }
      case AGENT, SETTINGS, USAGE -> {
        assertThat(reply.failure()).contains(Failure.AGENT);
        assertThat(reply.orThrow().agentFailed()).isTrue();
      }
    }
  }

  @Test
  void aConversationRemembersAndHandsOnTheFormat() {
    TestModel model = TestModel.of(TestModel.says("one"), TestModel.says("two"));
    PromptDispatcher.Target target =
        target(new AssistantAgent("a", Agent.Kind.SDK, model), "a", LONG);
    OutputFormat format = new OutputFormat("verdict", dev.winnow.Json.mapper().createObjectNode());
    try (Conversation conversation = dispatcher.open(target.agent(), target.context())) {
      assertThat(conversation.prompt(HELLO, Cancellation.never()).text()).isEqualTo("one");
      Prompt second = new Prompt("verdict", "which?", java.util.Optional.of(format));
      assertThat(conversation.prompt(second, Cancellation.never()).text()).isEqualTo("two");
    }
    assertThat(model.requests.get(0).format()).isEmpty();
    assertThat(model.requests.get(1).format()).contains(format);
    assertThat(model.requests.get(1).messages()).hasSize(3);
  }
}
