package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
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
            shell.run(
                "--json", "--approve", "--agents", "%1$s,%1$s".formatted(shell.agent("right"))));
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
    Path settings = winnow.data().resolveSibling(".config/winnow/winnow.yaml");
    Files.createDirectories(settings.getParent());
    Files.writeString(settings, "approval: {required: true, expires: 7d}\n");
    String run = waiting();
    Files.delete(settings);
    String shift = "update run set waits_until = waits_until - ?::interval where id::text = ?";
    winnow.database().update(shift, "6 days", run);
    assertThat(winnow.run("runs", "show", run).out()).contains("A person must decide until 20");
    winnow.database().update(shift, "1 day", run);
    refused("nobody answered", "runs", "approve", run);
    refused("nobody answered", "runs", "reject", run);
    assertThat(winnow.run("gc", "--json").last().path("expired").asInt()).isEqualTo(1);
    refused("nobody answered", "runs", "approve", run);
    assertThat(winnow.run("runs", "show", run).out()).doesNotContain("runs approve");
    JsonNode last = winnow.run("runs", "watch", run, "--json").last();
    assertThat(last.path("reason").asText()).startsWith("Nobody answered until 20");
    assertThat(last.has("waiting")).isFalse();
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
                // which is read after the answer, and before there is a branch
                transaction.update("lock table object_pack in access exclusive mode");
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

  @Test
  void whoDiesWhileAnsweringHasNotAnswered() throws Exception {
    String run = waiting();
    boolean _ =
        winnow
            .database()
            .inTransaction(transaction -> {
              transaction.update("set local idle_in_transaction_session_timeout = 0");
              transaction.update("lock table event in exclusive mode");
              try (ChildWinnow child = ChildWinnow.start(winnow, "runs", "reject", run)) {
                awaitCount(
                    1,
                    "pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into event%'");
                return child.isAlive();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(count("run where id::text = ? and answer is null", run)).isOne();
    assertThat(winnow.run("runs", "reject", run, "--reason", "no").exitCode()).isZero();
    List<JsonNode> log = winnow.run("runs", "watch", run, "--json").lines();
    assertThat(log.stream().filter(line -> line.path("type").asText().equals("answered")))
        .hasSize(1);
    assertThat(log.getLast().path("reason").asText()).contains("Rejected by").endsWith(": no");
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
