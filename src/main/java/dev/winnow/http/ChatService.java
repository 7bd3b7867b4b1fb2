package dev.winnow.http;

import dev.winnow.Ids;
import dev.winnow.checkpoint.Budget;
import dev.winnow.run.CancelRun;
import dev.winnow.run.FindRuns;
import dev.winnow.run.StartRun;
import dev.winnow.run.SubmitRun;
import dev.winnow.run.Whose;
import dev.winnow.spec.Task;
import dev.winnow.telemetry.Redact;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Conversations with agents. Each message becomes a run of kind answer: so it is journalled, paid
 * for, cancelled and resumed like every run, on any node, whether the client is there or not.
 */
final class ChatService {

  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);
  private static final int LONGEST_MESSAGE = 100_000;
  private static final int LONGEST_HISTORY = 90_000;

  /** The conversation and the turn that a message began. */
  record Begun(UUID conversation, Conversations.Turn turn) {}

  private final Backend backend;
  private final FollowRuns follow;
  private final Accounts accounts;
  private final CheckNewRun check;
  private final RateLimit requests;
  private final AuditLog audit;
  private final Conversations conversations;
  private final FindRuns runs;

  ChatService(
      Backend backend,
      FollowRuns follow,
      Accounts accounts,
      CheckNewRun check,
      RateLimit requests,
      AuditLog audit) {
    this.backend = backend;
    this.follow = follow;
    this.accounts = accounts;
    this.check = check;
    this.requests = requests;
    this.audit = audit;
    this.conversations = new Conversations(backend.database());
    this.runs = new FindRuns(backend.database());
  }

  Begun say(Principal who, ChatSocket.FromClient said) {
    if (!who.role().atLeast(Role.RUNNER)) {
      throw Problem.forbidden("This needs the role runner.");
    }
    String message = Redact.text(String.valueOf(said.message())).strip();
    if (message.isEmpty() || message.length() > LONGEST_MESSAGE) {
      throw Problem.invalid("message", "Must have 1 to 100000 characters.");
    }
    List<ChatSocket.Said> before = history(who, said);
    List<String> agents = check.agents("agents", said.agents(), who);
    if (said.agents() == null && !backend.dual()) {
      agents = List.of(agents.getFirst()); // everybody answers in dual mode only
    }
    UUID conversation = said.conversation();
    if (conversation == null) {
      conversation = conversations.begin(who.name(), new Task(message).title());
    }
    UUID run = Ids.next();
    backend
        .start()
        .question(
            run,
            new StartRun.Question(
                new Task(QuoteHistory.of(before, message)),
                agents,
                Optional.ofNullable(said.judge()),
                LONGEST_ANSWER,
                Budget.UNLIMITED,
                true),
            new SubmitRun.Submission(who.name(), 10, Optional.empty()));
    int number = conversations.add(conversation, run, message);
    audit.add(who.name(), "chat", run.toString(), "done");
    return new Begun(
        conversation,
        new Conversations.Turn(number, run, message, null, null, java.time.Instant.now()));
  }

  /** What was said before, from the server's own memory where there is one. */
  private List<ChatSocket.Said> history(Principal who, ChatSocket.FromClient said) {
    if (said.conversation() == null) {
      return said.history() == null ? List.of() : said.history();
    }
    return turns(who, said.conversation(), 0).stream()
        .flatMap(turn ->
            turn.answer() == null
                ? java.util.stream.Stream.of(new ChatSocket.Said("user", turn.message()))
                : java.util.stream.Stream.of(
                    new ChatSocket.Said("user", turn.message()),
                    new ChatSocket.Said("assistant", turn.answer())))
        .toList();
  }

  List<Conversations.Turn> turns(Principal who, UUID conversation, int after) {
    if (!conversations.sees(who.whose(), conversation)) {
      throw Problem.notFound();
    }
    return conversations.turns(conversation, after);
  }

  boolean isCrew(UUID run) {
    return runs.one(Whose.EVERYBODYS, run)
        .filter(found -> found.overview().agents().size() > 1)
        .isPresent();
  }

  boolean isOver(UUID run) {
    return follow.isOver(run);
  }

  void cancel(UUID run) {
    boolean _ = new CancelRun(backend.database()).cancel(run);
  }

  void requireRun(Principal who, UUID run) {
    if (!runs.sees(who.whose(), run)) {
      throw Problem.notFound();
    }
  }

  Outbox follow(UUID run, long after, Outbox.Line line) {
    return follow.follow(run, after, line);
  }

  boolean stillCounts(Principal who) {
    return accounts.stillCounts(who.credential());
  }

  void countRequest(Principal who) {
    requests.take(who.name());
  }

  /** The conversation as text that the model gets, the newest of it when it is long. */
  static final class QuoteHistory {
    private QuoteHistory() {}

    static String of(List<ChatSocket.Said> history, String message) {
      if (history.isEmpty()) {
        return message;
      }
      StringBuilder told = new StringBuilder();
      for (ChatSocket.Said said : history) {
        String role = said.role();
        if (!"user".equals(role) && !"assistant".equals(role)) {
          throw Problem.invalid("history", "A role is user or assistant.");
        }
        told.append(role)
            .append(": ")
            .append(String.valueOf(said.content()).strip())
            .append("\n\n");
      }
      String text = told.toString();
      if (text.length() > LONGEST_HISTORY) {
        text = "[...]\n" + text.substring(text.length() - LONGEST_HISTORY);
      }
      return "The conversation so far:\n\n%sThe user's next message, which is to be answered:\n\n%s"
          .formatted(text, message);
    }
  }
}
