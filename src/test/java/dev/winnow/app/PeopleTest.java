package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that come too late, twice, at the same instant, or from a process that dies. */
@Timeout(180)
@Order(1) // one of the longest
class PeopleTest {

  private static TestCommandLine winnow;
  private static FixtureRepository shell;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
    shell = FixtureRepository.create("shell", winnow.newDirectory());
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static String waiting() {
    TestCommandLine.Result result =
        winnow.run(
            Stream.concat(
                    Stream.of(
                        "run",
                        "--json",
                        "--approve",
                        "--agents",
                        "%1$s,%1$s".formatted(shell.agent("right"))),
                    shell.options().stream())
                .toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
    return result.last().path("run").asText();
  }

  private static TestCommandLine.Result refused(String message, String... command) {
    TestCommandLine.Result result = winnow.run(command);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
    return result;
  }

  private static List<String> branches(String run) throws Exception {
    return git(shell.directory(), "branch", "--list", "winnow/*" + run.substring(run.length() - 8))
        .lines()
        .toList();
  }

  private static long count(String sql, String... parameters) {
    return winnow
        .database()
        .queryOne("select count(*) as n from " + sql, row -> row.number("n"), (Object[]) parameters)
        .orElseThrow();
  }

  private static void awaitCount(long wanted, String sql, String... parameters) {
    while (count(sql, parameters) != wanted) {
      ChaosPoint.pause(winnow.database());
    }
  }

  private static <T> CompletableFuture<T> start(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(work.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  @Test
  void anAnswerThatComesTooLateChangesNothing() throws Exception {
    String run = waiting();
    winnow
        .database()
        .update(
            "update run set waits_until = clock_timestamp() - interval '1 s' where id::text = ?",
            run);
    refused("nobody answered", "runs", "approve", run);
    refused("nobody answered", "runs", "reject", run);
    assertThat(winnow.run("gc", "--json").last().path("expired").asInt()).isEqualTo(1);
    refused("nobody answered", "runs", "approve", run);
    assertThat(winnow.run("runs", "show", run).out()).doesNotContain("runs approve");
    assertThat(branches(run)).isEmpty();
  }

  @Test
  void aPersonChoosesWhatTheEvidenceCouldNot() throws Exception {
    String run = waiting();
    // as the judge leaves it when the evidence contradicts itself
    winnow
        .database()
        .update(
            """
            update run set waits_for = 'choice', decision = decision
              || jsonb_build_object('winner', null, 'outcome', 'abstained') where id::text = ?
            """,
            run);
    refused("Name the candidate", "runs", "approve", run);
    TestCommandLine.Result chosen = winnow.run("runs", "approve", run, "c2", "--json");
    assertThat(chosen.exitCode()).as(chosen.err()).isZero();
    assertThat(branches(run)).hasSize(1);
    JsonNode last = winnow.run("runs", "watch", run, "--json").last();
    assertThat(last.path("winner").path("candidate").asText()).isEqualTo("c2");
    refused("was approved already", "runs", "approve", run, "c1");
    assertThat(branches(run)).hasSize(1);
  }

  @Test
  void ofTwoAnswersAtTheSameInstantOneWins() throws Exception {
    String run = waiting();
    List<CompletableFuture<TestCommandLine.Result>> answers =
        winnow
            .database()
            .inTransaction(transaction -> {
              transaction.update("set local idle_in_transaction_session_timeout = 0");
              transaction.update("update run set priority = priority where id::text = ?", run);
              List<CompletableFuture<TestCommandLine.Result>> both =
                  List.of(
                      start(() -> winnow.run("runs", "approve", run)),
                      start(() -> winnow.run("runs", "reject", run)));
              awaitCount(
                  2,
                  "pg_stat_activity where wait_event_type = 'Lock' and query like '%answered_by = %'");
              return both;
            });
    CompletableFuture<TestCommandLine.Result> yes = answers.getFirst();
    CompletableFuture<TestCommandLine.Result> no = answers.getLast();
    assertThat(List.of(yes.join().exitCode(), no.join().exitCode()))
        .containsExactlyInAnyOrder(0, 2);
    boolean approved = yes.join().exitCode() == 0;
    assertThat((approved ? no : yes).join().err())
        .contains("was %s already by".formatted(approved ? "approved" : "rejected"));
    assertThat(branches(run)).hasSize(approved ? 1 : 0);
  }

  @Test
  void whoDiesBeforeTheDeliveryNeedsNobodyToFinishIt() throws Exception {
    for (boolean node : List.of(false, true)) {
      String run = waiting();
      ChildWinnow person =
          winnow
              .database()
              .inTransaction(transaction -> {
                transaction.update("set local idle_in_transaction_session_timeout = 0");
                // its next write after the answer waits
                transaction.update("lock table event in exclusive mode");
                return approveUntilAnswered(run);
              });
      person.close();
      assertThat(branches(run)).isEmpty();
      if (node) {
        try (ChildWinnow _ = ChildWinnow.start(winnow, "node")) {
          awaitCount(1, "run where id::text = ? and result ->> 'branch' is not null", run);
        }
      } else {
        refused("The change is on branch winnow/", "runs", "approve", run);
      }
      assertThat(branches(run)).hasSize(1);
      JsonNode last = winnow.run("runs", "watch", run, "--json").last();
      assertThat(last.path("outcome").asText()).isEqualTo("accepted");
      assertThat(last.path("branch").asText()).startsWith("winnow/");
    }
  }

  private static ChildWinnow approveUntilAnswered(String run) {
    try {
      ChildWinnow child = ChildWinnow.start(winnow, "runs", "approve", run);
      awaitCount(1, "run where id::text = ? and answer = 'approved'", run);
      child.kill();
      return child;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
