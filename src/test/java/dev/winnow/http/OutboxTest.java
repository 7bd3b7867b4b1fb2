package dev.winnow.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Ids;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.telemetry.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client gets whose network takes its time, or is gone; sockets are in ServerEventsTest. */
@Timeout(60)
class OutboxTest {

  private static Database database;

  private final UUID run = Ids.next();
  private final List<Client> clients = new ArrayList<>();
  private FollowRuns follow;
  private EventLog log;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void aRun() {
    database.update(
        "insert into run (id, kind, state, task, repository) values (?, 'change', 'running', 't', '/r')",
        run);
    log = new EventLog(database, Lease.acquire(database, run, "node"));
    follow = new FollowRuns(database, Duration.ofMinutes(1), Metrics.current());
  }

  @AfterEach
  void leave() {
    clients.forEach(client -> client.outbox.close());
    follow.close();
  }

  /** A client whose network does what the test says. */
  private final class Client implements Outbox.Line {

    private record Write(List<Long> events, Callback sent, boolean pushed) {}

    private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Outbox.Turn> turns = new LinkedBlockingQueue<>();
    private final List<Long> got = new ArrayList<>();
    private final boolean quick;
    private final Outbox outbox;

    private Client(boolean quick) {
      this.quick = quick;
      this.outbox = follow.follow(run, 0, this);
      clients.add(this);
      Thread.ofVirtual()
          .start(() -> {
            try {
              turns.add(outbox.deliver(60_000));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    @Override
    public void send(List<EventFrame> frames, Callback sent) {
      boolean pushed = Thread.currentThread().getName().startsWith("feed-");
      writes.add(new Write(frames.stream().map(EventFrame::sequence).toList(), sent, pushed));
      if (quick) {
        sent.succeeded();
      }
    }

    private Write next() throws InterruptedException {
      Write write = writes.take();
      got.addAll(write.events());
      return write;
    }

    /** Lets it take everything up to an event; whether the feed has sent the last of it. */
    private boolean takeTo(long last) throws InterruptedException {
      boolean pushed = false;
      while (got.isEmpty() || got.getLast() < last) {
        Write write = next();
        pushed = write.pushed();
        if (!quick) {
          write.sent().succeeded();
        }
      }
      return pushed;
    }

    private void gotAllTo(long last) {
      assertThat(got).isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
    }
  }

  private void say(int from, int to) {
    for (int i = from; i < to; i++) {
      log.tell(new RunEvent.Notice("event " + i));
    }
    log.append(new RunEvent.Notice("event " + to));
  }

  private void end() {
    database.update("update run set outcome = 'none' where id = ?", run);
    log.append(new RunEvent.RunFinished("none", "why", Map.of()));
  }

  /** A client that comes reads the log by itself at first. Returns the last event so far. */
  private int tellUntilTheFeedSends(Client... all) throws InterruptedException {
    for (int event = 1; ; event++) {
      say(event, event);
      int pushed = 0;
      for (Client client : all) {
        pushed += client.takeTo(event) ? 1 : 0;
      }
      if (pushed == all.length) {
        return event;
      }
    }
  }

  @Test
  void whatComesDuringAWriteIsSentTogetherAfterItAndHoldsUpNobody() throws Exception {
    Client slow = new Client(false);
    Client quick = new Client(true);
    int told = tellUntilTheFeedSends(slow, quick);
    say(told + 1, told + 1);
    Client.Write write = slow.next();
    say(told + 2, told + 2);
    say(told + 3, told + 3);
    quick.takeTo(told + 3); // which the feed tells after the slow one
    assertThat(slow.writes).isEmpty();
    write.sent().succeeded();
    assertThat(slow.next().events()).containsExactly(told + 2L, told + 3L);
    slow.gotAllTo(told + 3);
    quick.gotAllTo(told + 3);
  }

  @Test
  void aClientWithoutRoomGetsTheRestFromTheLog() throws Exception {
    Client slow = new Client(false);
    Client quick = new Client(true);
    int told = tellUntilTheFeedSends(slow, quick);
    say(told + 1, told + 1);
    Client.Write write = slow.next();
    int last = told + Outbox.MOST_EVENTS + 200;
    say(told + 2, last);
    quick.takeTo(last);
    write.sent().succeeded();
    slow.takeTo(last);
    slow.gotAllTo(last);
    quick.gotAllTo(last);
    say(last + 1, last + 1);
    slow.takeTo(last + 1);
    slow.gotAllTo(last + 1);
  }

  @Test
  void aRunThatEndsDuringAWriteIsOverWhenTheClientHasAllOfIt() throws Exception {
    Client slow = new Client(false);
    Client quick = new Client(true);
    int told = tellUntilTheFeedSends(slow, quick);
    say(told + 1, told + 1);
    Client.Write write = slow.next();
    end();
    quick.takeTo(told + 2);
    assertThat(quick.turns.take()).isEqualTo(Outbox.Turn.ENDED);
    assertThat(slow.turns).isEmpty();
    write.sent().succeeded();
    Client.Write end = slow.next();
    assertThat(end.events()).containsExactly(told + 2L);
    assertThat(slow.turns).isEmpty();
    end.sent().succeeded();
    assertThat(slow.turns.take()).isEqualTo(Outbox.Turn.ENDED);
  }

  @Test
  void aClientThatGoesAwayInTheMiddleOfAWriteHoldsUpNobody() throws Exception {
    Client going = new Client(false);
    Client quick = new Client(true);
    int told = tellUntilTheFeedSends(going, quick);
    say(told + 1, told + 1);
    Client.Write write = going.next();
    say(told + 2, told + 2);
    write.sent().failed(new IOException("connection reset"));
    assertThat(going.turns.take()).isEqualTo(Outbox.Turn.GONE);
    going.outbox.finish(); // nothing is under way any more
    say(told + 3, told + 3);
    quick.takeTo(told + 3);
    quick.gotAllTo(told + 3);
    assertThat(going.writes).isEmpty();
  }

  @Test
  void aServerThatStopsDuringAWriteSendsNothingAfterIt() throws Exception {
    Client slow = new Client(false);
    int told = tellUntilTheFeedSends(slow);
    say(told + 1, told + 1);
    Client.Write write = slow.next();
    follow.stop();
    assertThat(slow.turns.take()).isEqualTo(Outbox.Turn.STOPPED);
    CompletableFuture<Boolean> finished = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            slow.outbox.finish();
            finished.complete(slow.writes.isEmpty());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(finished).isNotDone();
    write.sent().succeeded();
    assertThat(finished.get()).isTrue();
  }

  @Test
  void aClientThatTakesNothingWhileEventsWaitIsCutOff() throws Exception {
    follow.close();
    follow = new FollowRuns(database, Duration.ZERO, Metrics.current());
    Client slow = new Client(false);
    say(1, 1);
    Client.Write write = slow.next();
    say(2, 2);
    assertThat(slow.turns.take()).isEqualTo(Outbox.Turn.CUT);
    write.sent().succeeded();
    slow.outbox.finish();
    assertThat(slow.writes).isEmpty();
  }

  @Test
  void aClientOfARunThatIsOverGetsAllOfItAndTheEnd() throws Exception {
    say(1, 150);
    end();
    Client late = new Client(true);
    late.takeTo(151);
    late.gotAllTo(151);
    assertThat(late.turns.take()).isEqualTo(Outbox.Turn.ENDED);
  }
}
