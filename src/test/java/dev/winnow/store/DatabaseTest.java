package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

@Timeout(60)
class DatabaseTest {

  private static Database database;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    database.update("create table thing (id uuid, name text unique, body jsonb, at timestamptz)");
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static long things(String name) {
    return database
        .queryOne("select count(*) as n from thing where name = ?", row -> row.number("n"), name)
        .orElseThrow();
  }

  @Test
  void storesAndReadsTheTypesThatStoresNeed() {
    UUID id = UUID.randomUUID();
    Instant at = Instant.parse("2026-01-02T03:04:05.678901Z");
    database.update(
        "insert into thing values (?, ?, ?, ?)", id, "a\0b", Jsonb.of(List.of("x\0y")), at);
    database.update("insert into thing values (null, ?, null, null)", "empty");
    assertThat(
            database.queryOne(
                "select * from thing where id = ? and name = any (?)",
                row ->
                    List.of(row.uuid("id"), row.text("name"), row.text("body"), row.instant("at")),
                id,
                List.of("other", "a\u2400b")))
        .contains(List.of(id, "a\u2400b", "[\"x\u2400y\"]", at));
    assertThat(
            database.queryOne(
                "select * from thing where name = 'empty'", row -> row.optionalText("body")))
        .contains(Optional.empty());
  }

  @Test
  void aTransactionThatThrowsLeavesNothing() {
    assertThatThrownBy(() ->
            database.inTransaction(transaction -> {
              transaction.update("insert into thing (name) values ('gone')");
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");
    assertThat(things("gone")).isZero();
  }

  @Test
  void aViolatedConstraintIsNamedAsSuch() {
    database.update("insert into thing (name) values ('unique')");
    assertThatThrownBy(() -> database.update("insert into thing (name) values ('unique')"))
        .isInstanceOfSatisfying(SqlFailure.class, e -> assertThat(e.isUniqueViolation()).isTrue());
  }

  @Test
  void onlySelectsAreQueriesBecauseTheyMayBeRepeated() {
    assertThatThrownBy(
            () -> database.query("insert into thing (name) values ('q') returning 1", r -> 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterruptNeitherStopsAStatementNorClosesAConnection() {
    List<Long> backends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread.currentThread().interrupt();
      backends.add(
          database
              .queryOne("select pg_backend_pid() as pid", row -> row.number("pid"))
              .orElseThrow());
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(backends).containsOnly(backends.getFirst());
  }

  @Test
  void anInterruptDuringAStatementStaysPending() throws Exception {
    database.update("insert into thing (name) values ('held')");
    String change = "update thing set at = now() where name = 'held'";
    List<Boolean> interrupted = new ArrayList<>();
    Thread waiting =
        database.inTransaction(holder -> {
          holder.update(change);
          Thread thread =
              Thread.ofVirtual()
                  .start(() -> {
                    database.update(change);
                    interrupted.add(Thread.currentThread().isInterrupted());
                  });
          while (holder
              .query(
                  "select 1 as n from pg_locks where not granted and database ="
                      + " (select oid from pg_database where datname = current_database())"
                      + " or not granted and locktype = 'transactionid'",
                  row -> row.number("n"))
              .isEmpty()) {
            Thread.onSpinWait();
          }
          thread.interrupt();
          return thread;
        });
    waiting.join();
    assertThat(interrupted).containsExactly(true);
  }

  @Test
  void manyThreadsShareFewConnections() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String name = "thread" + i;
        all.add(
            executor.submit(() -> database.update("insert into thing (name) values (?)", name)));
      }
      for (Future<Integer> one : all) {
        assertThat(one.get()).isEqualTo(1);
      }
    }
  }

  private static final BulkWrite ADD =
      new BulkWrite(
          "added",
          "insert into thing (id, name) select w.id, w.name from {rows} as w (id, name)",
          "",
          "uuid",
          "text");
  private static final BulkWrite RENAME =
      new BulkWrite(
          "renamed",
          "update thing t set name = w.new from {rows} as w (old, new) where t.name = w.old",
          "",
          "text",
          "text");

  @Test
  void rowsOfABulkAreWrittenTogetherAndABadOneSpoilsOnlyItself() {
    int _ = database.together("k", ADD, UUID.randomUUID(), "taken");
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (String name : List.of("b1", "taken", "b2")) {
      results.add(database.togetherLater("k", ADD, UUID.randomUUID(), name));
    }
    results.add(database.togetherLater("k", RENAME, "taken", "given"));
    results.add(database.togetherLater("k", RENAME, "nobody", "x"));
    database.flush("k");
    assertThat(results.get(0)).isCompletedWithValue(1);
    assertThat(results.get(1)).isCompletedExceptionally();
    assertThat(results.get(2)).isCompletedWithValue(1);
    assertThat(results.get(3)).isCompletedWithValue(1);
    assertThat(results.get(4)).isCompletedWithValue(0);
    assertThat(things("b2") + things("given")).isEqualTo(2);
    assertThat(database.afterwards("k", "delete from thing where name = ?", "b2")).isEqualTo(1);
  }

  @Test
  void afterAFlushAllThatCameBeforeItWithTheKeyIsThereAndTold() {
    List<Integer> _ =
        Fork.each(
            List.of(1, 2, 3, 4, 5, 6),
            Cancellation.never(),
            key ->
                stop -> {
                  AtomicInteger told = new AtomicInteger();
                  for (int i = 1; i <= 20; i++) {
                    String name = "f" + key + "-" + i;
                    var _ =
                        database
                            .togetherLater(key, ADD, UUID.randomUUID(), name)
                            .thenAccept(told::addAndGet);
                    database.flush(key);
                    assertThat(told).hasValue(i);
                    assertThat(things(name)).isEqualTo(1);
                    database.flush(key); // nothing is on the way any more
                  }
                  return key;
                });
  }

  private static final BulkWrite PUT =
      new BulkWrite(
          "put",
          "insert into thing (id, name) select w.id, w.name from {rows} as w (id, name)",
          "on conflict (name) do update set id = excluded.id where thing.id = excluded.id",
          "uuid",
          "text");

  @Test
  void aRowWhoseFirstTimeWasNotAnsweredIsFoundTheSecondTime() {
    UUID id = UUID.randomUUID();
    assertThat(database.together("k", PUT, id, "once")).isEqualTo(1);
    List<CompletableFuture<Integer>> again =
        List.of(
            database.togetherLater("k", PUT, id, "once"),
            database.togetherLater("k", PUT, UUID.randomUUID(), "once"),
            database.togetherLater("k", PUT, UUID.randomUUID(), "beside"));
    database.flush("k");
    assertThat(again.stream().map(CompletableFuture::join)).containsExactly(1, 0, 1);
    assertThat(things("once") + things("beside")).isEqualTo(2);
  }

  @Test
  void whatIsCommittedIsToldAndWhatIsNotIsNot() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (var _ = database.listen("news", heard::add)) {
      assertThat(heard.take()).isEmpty(); // it listens
      assertThatThrownBy(() ->
              database.inTransaction(transaction -> {
                transaction.announce("news", "lost");
                return transaction.update("insert into nothing values (1)");
              }))
          .isInstanceOf(SqlFailure.class);
      int _ =
          database.inTransaction(transaction -> {
            transaction.announce("news", "one");
            transaction.announce("news", "one");
            return transaction.update("update thing set name = name where false");
          });
      database.announce("news", "two");
      assertThat(List.of(heard.take(), heard.take())).containsExactly("one", "two");
    }
  }

  @Test
  void ofManyWritesThatWaitHalfGoTogether() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    GroupCommit commits =
        new GroupCommit(
            new GroupCommit.Commit() {
              @Override
              public <T> T run(boolean patient, Database.Work<T> work) {
                begun.countDown();
                try {
                  others.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return database.inOneStatement(work);
              }
            });
    Thread first =
        Thread.startVirtualThread(() -> {
          var _ = commits.add("k", true, ADD, UUID.randomUUID(), "before the halves");
        });
    begun.await();
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      results.add(commits.add("k", i == 200, ADD, UUID.randomUUID(), "halves-" + i));
    }
    others.countDown();
    first.join();
    assertThat(results.stream().map(CompletableFuture::join)).containsOnly(1);
    assertThat(
            database.query(
                "select count(*) as n from thing where name like 'halves-%' group by xmin order by 1 desc",
                row -> row.number("n")))
        .containsExactly(100L, 80L, 20L);
  }

  @Test
  void whatIsToldIfHeardIsLeftOutWhileNobodyListensAndReachesWhoeverBeginsTo() throws Exception {
    String url = TestDatabase.freshUrl();
    try (Database one = open(url);
        Database other = open(url)) {
      assertThat(toldWhileNobodyListens(one)).containsExactly("to all");
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      try (var _ = other.listen("news", heard::add)) {
        assertThat(heard.take()).isEmpty(); // it listens
        String first;
        do {
          one.announceIfHeard("news", "found");
          first = heard.poll(20, TimeUnit.MILLISECONDS);
        } while (first == null);
        assertThat(first).isEqualTo("found");
      }
    }
  }

  @Test
  void aListenerOfTheSameProcessIsKnownAtOnce() throws Exception {
    try (Database one = open(TestDatabase.freshUrl())) {
      assertThat(toldWhileNobodyListens(one)).containsExactly("to all");
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      try (var _ = one.listen("news", heard::add)) {
        assertThat(heard.take()).isEmpty(); // it listens
        one.announceIfHeard("news", "at once");
        assertThat(heard.take()).isEqualTo("at once");
      }
    }
  }

  /** What one hears who does not say that he listens, as listeners of Winnow do. */
  private static List<String> toldWhileNobodyListens(Database database) throws SQLException {
    try (Connection unknown = database.separateConnections().getConnection();
        Statement listen = unknown.createStatement()) {
      unknown.setAutoCommit(true);
      listen.execute("listen news");
      database.announceIfHeard("news", "to nobody");
      database.announce("news", "to all");
      return Stream.of(unknown.unwrap(PGConnection.class).getNotifications(0))
          .map(PGNotification::getParameter)
          .toList();
    }
  }

  private static Database open(String url) {
    return Database.open(Path.of("/nonexistent"), Optional.of(url), line -> {});
  }

  @Test
  void aWriteThatNobodyWaitsForIsCommittedInAMoment() {
    assertThat(database.togetherLater("k", ADD, UUID.randomUUID(), "alone").join()).isEqualTo(1);
  }

  @Test
  void anIdleConnectionThatTheServerEndedIsReplaced() {
    for (int i = 0; i < 3; i++) {
      database.query(
          """
          select pg_terminate_backend(pid) as ended from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
          """,
          row -> row.flag("ended"));
      String name = "replaced" + i;
      assertThat(database.update("insert into thing (name) values (?)", name)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mysql://user:hunter2@host/db",
        "postgres://user:hunter2 x@host/db",
        "postgres://user:hunter2@ho st/db",
        "postgres://user:hunter2%zz@host/db",
        "user:hunter2@host"
      })
  void aMalformedUrlIsRefusedWithoutShowingItsPassword(String url) {
    assertThatThrownBy(() -> Database.open(Path.of("/nonexistent"), Optional.of(url), line -> {}))
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category()).isEqualTo(Category.SETTINGS))
        .hasNoCause()
        .message()
        .contains("DATABASE_URL")
        .doesNotContain("hunter2");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutThePassword() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String url = "postgres://me:hunter2@127.0.0.1:" + port + "/mine?sslmode=disable";
    assertThatThrownBy(() -> Database.open(Path.of("/nonexistent"), Optional.of(url), line -> {}))
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category()).isEqualTo(Category.INFRASTRUCTURE))
        .message()
        .startsWith("The database cannot be reached: ")
        .contains("database mine on 127.0.0.1:" + port)
        .doesNotContain("hunter2")
        .doesNotContain("\n");
  }

  @Test
  void urlsAreUnderstoodInBothForms() {
    var url =
        ConnectionSource.External.parse(
            "postgresql://a%40b:p%2Fw+1@db.example/x%20y?sslmode=require");
    assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example/");
    assertThat(url.properties())
        .containsEntry("user", "a@b")
        .containsEntry("password", "p/w+1")
        .containsEntry("PGDBNAME", "x y")
        .containsEntry("sslmode", "require");
    assertThat(url.toString()).doesNotContain("p/w");
    var jdbc =
        ConnectionSource.External.parse("jdbc:postgresql://[::1]:6543/d?user=u&password=p%26");
    assertThat(jdbc.jdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:6543/");
    assertThat(jdbc.properties()).containsEntry("user", "u").containsEntry("password", "p&");
    var socket = ConnectionSource.External.parse("postgres://u@:6543/d?host=/run/pg");
    assertThat(socket.properties()).containsEntry("socketFactoryArg", "/run/pg/.s.PGSQL.6543");
    var bare = ConnectionSource.External.parse("jdbc:postgresql:d?user=u");
    assertThat(bare.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost/");
    assertThat(bare.properties()).containsEntry("PGDBNAME", "d").containsEntry("user", "u");
  }
}
