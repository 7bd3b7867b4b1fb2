package dev.winnow.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client of the chat: what it sends, and the runs whose events it gets. */
final class ChatSocket {

  private static final Logger LOG = LoggerFactory.getLogger(ChatSocket.class);

  /** Messages that wait; a client that sends more without listening is cut off. */
  private static final int MOST_WAITING = 32;

  private static final int MOST_FOLLOWED = 8;
  private static final long RECHECK_SECONDS = 30;

  /**
   * What a client says: a message, or one of the others.
   *
   * @param message what the agents are to answer
   * @param history of a conversation that the server does not know
   * @param conversation that goes on; a new one when it is left out
   * @param agents who answers; the usual ones when it is left out
   * @param cancel stops the answer that is being made
   * @param resume gives the frames again after a cursor
   * @param follow gives the events of any run
   */
  record FromClient(
      @Nullable String message,
      @Nullable List<Said> history,
      @Nullable UUID conversation,
      @Nullable List<String> agents,
      @Nullable String judge,
      @Nullable Boolean cancel,
      @Nullable Resume resume,
      @Nullable Follow follow) {}

  /**
   * @param role user or assistant
   */
  record Said(@Nullable String role, @Nullable String content) {}

  /**
   * @param after the last cursor that the client has; from the beginning when it is left out
   */
  record Resume(@Nullable UUID conversation, @Nullable String after) {}

  /**
   * @param after number of the last event that the client has
   */
  record Follow(@Nullable UUID run, @Nullable Long after) {}

  private final Connection connection;
  private final Principal who;
  private final ChatService chat;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Cancellation gone = new Cancellation();
  private final List<Outbox> followed = new ArrayList<>();
  private @Nullable UUID atWork;

  ChatSocket(Connection connection, Principal who, ChatService chat) {
    this.connection = connection;
    this.who = who;
    this.chat = chat;
  }

  void start() {
    Thread.ofVirtual().name("chat").start(this::work);
  }

  /** From the network; never waits. */
  void receive(String text) {
    if (!received.offer(text)) {
      connection.close(Connection.POLICY, "Too many messages at once.");
    }
  }

  void end() {
    gone.cancel("the client has gone");
    synchronized (followed) {
      followed.forEach(Outbox::stop);
    }
  }

  private void work() {
    try {
      while (!gone.isCancelled() && connection.isOpen()) {
        String text = received.poll(RECHECK_SECONDS, TimeUnit.SECONDS);
        if (!chat.stillCounts(who)) {
          connection.close(Connection.NOT_LOGGED_IN, "Log in again.");
          return;
        }
        if (text != null) {
          handle(text);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("a chat cannot go on", e);
      connection.close(Connection.TRY_AGAIN, "The database does not answer: come back.");
    }
  }

  private void handle(String text) {
    try {
      chat.countRequest(who);
      FromClient said = Request.parse(text, FromClient.class);
      if (said.follow() != null) {
        followRun(said.follow());
      } else if (said.resume() != null) {
        resume(said.resume());
      } else if (Boolean.TRUE.equals(said.cancel())) {
        cancel();
      } else if (said.message() != null) {
        message(said);
      } else {
        throw Problem.malformed(null, "Send a message, cancel, resume or follow.");
      }
    } catch (JsonProcessingException | RuntimeException e) {
      refuse(ExplainFailure.of(e));
    }
  }

  private void refuse(Problem problem) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", "error");
    frame.put("data", problem.body());
    boolean _ = connection.send(Json.write(frame));
  }

  private void message(FromClient said) {
    UUID busy = atWork();
    if (busy != null && !chat.isOver(busy)) {
      throw Problem.conflict("An answer is being made: wait for it, or cancel it.");
    }
    ChatService.Begun begun = chat.say(who, said);
    synchronized (this) {
      atWork = begun.turn().run();
    }
    tell(begun.conversation(), List.of(begun.turn()), 0, -1);
  }

  private synchronized @Nullable UUID atWork() {
    return atWork;
  }

  private void cancel() {
    UUID run = atWork();
    if (run == null) {
      throw Problem.conflict("No answer is being made.");
    }
    chat.cancel(run);
  }

  private void resume(Resume resume) {
    if (resume.conversation() == null) {
      throw Problem.malformed("resume.conversation", "Say which conversation.");
    }
    String after = resume.after() == null ? "0:-1" : resume.after();
    if (!after.matches("\\d{1,9}:-?\\d{1,18}")) {
      throw Problem.malformed("resume.after", "Must be a cursor.");
    }
    int turn = Integer.parseInt(after.substring(0, after.indexOf(':')));
    long sequence = Long.parseLong(after.substring(after.indexOf(':') + 1));
    // the turn of the cursor is not told completely yet
    List<Conversations.Turn> turns = chat.turns(who, resume.conversation(), Math.max(0, turn - 1));
    if (!turns.isEmpty()) {
      synchronized (this) {
        atWork = turns.getLast().run();
      }
    }
    tell(resume.conversation(), turns, turn, sequence);
  }

  /**
   * Tells turns one after the other, beside whatever else the client does.
   *
   * @param knownTurn of which the client knows the frames up to a number
   */
  private void tell(
      UUID conversation, List<Conversations.Turn> turns, int knownTurn, long knownSequence) {
    Thread.ofVirtual()
        .name("chat-out")
        .start(() -> {
          for (Conversations.Turn turn : turns) {
            long known = turn.number() == knownTurn ? knownSequence : -1;
            if (!tell(conversation, turn, known)) {
              return;
            }
          }
        });
  }

  private boolean tell(UUID conversation, Conversations.Turn turn, long known) {
    ChatFrames frames =
        new ChatFrames(conversation, turn.number(), turn.run(), chat.isCrew(turn.run()));
    if (known < 0 && !connection.send(frames.prompt(turn.message()))) {
      return false;
    }
    return tell(
        turn.run(),
        0, // the frames of an event depend on those before it
        (events, sent) -> connection.send(frames.of(events, known), sent));
  }

  private void followRun(Follow follow) {
    UUID run = Optional.ofNullable(follow.run()).orElseThrow(Problem::notFound);
    chat.requireRun(who, run);
    long after = follow.after() == null ? 0 : follow.after();
    synchronized (followed) {
      if (followed.size() >= MOST_FOLLOWED) {
        throw Problem.of(429, "too-many", "At most 8 runs at the same time on one connection.");
      }
    }
    Thread.ofVirtual()
        .name("chat-follow")
        .start(() -> {
          boolean _ = tell(run, after, this::events);
        });
  }

  private void events(List<EventFrame> events, Callback sent) {
    connection.send(events.stream().map(EventFrame::text).toList(), sent);
  }

  /** Tells the events of a run until it is over; false when the connection is. */
  private boolean tell(UUID run, long after, Outbox.Line line) {
    try (Outbox outbox = chat.follow(run, after, line)) {
      synchronized (followed) {
        followed.add(outbox);
      }
      try {
        return tell(outbox);
      } finally {
        synchronized (followed) {
          followed.remove(outbox);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (RuntimeException e) {
      LOG.debug("a chat cannot read its run", e);
      connection.close(Connection.TRY_AGAIN, "The events cannot be read now.");
      return false;
    }
  }

  private boolean tell(Outbox outbox) throws InterruptedException {
    while (!gone.isCancelled()) {
      switch (outbox.deliver(TimeUnit.SECONDS.toMillis(RECHECK_SECONDS))) {
        case WAITED -> {
          // Javalin sends pings, and the credential is looked at where messages are
        }
        case ENDED -> {
          return true;
        }
        case CUT -> {
          connection.cut();
          return false;
        }
        case STOPPED -> {
          connection.close(Connection.RESTART, "The server stops: come back and resume.");
          return false;
        }
        case GONE -> {
          return false;
        }
      }
    }
    return false;
  }
}
