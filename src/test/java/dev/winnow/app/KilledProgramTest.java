package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.cli.PlayCandidate;
import dev.winnow.agent.cli.RealPrograms;
import dev.winnow.agent.provider.ProtocolServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Winnow is killed, or frozen until another process has gone on, while a real agent program
 * implements.
 */
@Timeout(180)
@Order(2) // not among the last, where it would be alone
class KilledProgramTest {

  private static final PlayCandidate WORKS =
      new PlayCandidate(List.of(RealProgramsRunTest.RED, RealProgramsRunTest.GREEN));

  @ParameterizedTest
  @CsvSource({"codex, /v1/responses, KILL", "claude, /v1/messages, STOP"})
  void theConversationGoesOnInAnotherProcess(String agent, String path, String signal)
      throws Exception {
    assumeThat(RealPrograms.installed()).as("programs that .ci/run installs").isTrue();
    CountDownLatch green = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    // two calls are for red; the third one, which begins green, gets no answer
    ProtocolServer.Behaviour once =
        (request, reply) -> {
          if (call(request).equals(path) && calls.incrementAndGet() == 3) {
            green.countDown();
            reply.hang();
          } else {
            WORKS.answer(request, reply);
          }
        };
    try (TestCommandLine winnow = TestCommandLine.withSharedServer();
        ProtocolServer server = new ProtocolServer(once)) {
      FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
      Map<String, String> environment = RealProgramsRunTest.environment(server);
      String run;
      JsonNode last;
      try (ChildWinnow child =
          ChildWinnow.start(
              winnow,
              environment,
              "run",
              "--json",
              "--repo",
              python.directory().toString(),
              "--task",
              python.task(),
              "--agents",
              agent)) {
        run = child.awaitPhase("candidates").path("run").asText();
        assertThat(green.await(60, TimeUnit.SECONDS)).as("green has begun").isTrue();
        if (signal.equals("KILL")) {
          child.kill();
        } else {
          child.signalGroup(signal);
        }
        TestCommandLine.Result resumed = winnow.run(environment, "runs", "resume", run, "--json");
        assertThat(resumed.exitCode()).as(resumed.out() + resumed.err()).isZero();
        last = resumed.last();
        if (signal.equals("STOP")) {
          child.signalGroup("CONT");
          assertThat(child.finish()).as("it shows how the run ended elsewhere").isZero();
        }
      }
      assertThat(last.path("outcome").asText()).isEqualTo("accepted");
      assertThat(last.path("candidates")).allMatch(one -> one.path("vetoes").isEmpty());
      assertThat(git(python.directory(), "show", last.path("branch").asText() + ":roman.py"))
          .contains("def from_roman");
      // red is not asked again, and its conversation is what green goes on with
      assertThat(calls).hasValue(5);
      List<String> asked =
          server.received().stream()
              .filter(request -> call(request).equals(path))
              .map(request -> request.body().toString())
              .toList();
      assertThat(asked.subList(2, 5)).allMatch(body -> body.contains("test_from_roman.py"));
      assertThat(winnow.recordedTwice(run)).isEmpty();
      assertThat(winnow.leftInWorkDirectory()).isEmpty();
      assertThat(ProcessHandle.allProcesses())
          .noneMatch(process ->
              process
                  .info()
                  .commandLine()
                  .filter(line -> line.contains(winnow.data() + "/work/"))
                  .isPresent());
    }
  }

  /** The path without the query. */
  private static String call(ProtocolServer.Received request) {
    return request.path().replaceFirst("\\?.*", "");
  }
}
