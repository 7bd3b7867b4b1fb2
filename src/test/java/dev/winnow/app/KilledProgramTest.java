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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Winnow is killed while the real agent programs implement, and another process goes on. */
@Timeout(120)
class KilledProgramTest {

  private static final PlayCandidate WORKS =
      new PlayCandidate(List.of(RealProgramsRunTest.RED, RealProgramsRunTest.GREEN));

  @Test
  void theConversationsGoOnAfterAKillInTheGreenPhase() throws Exception {
    assumeThat(RealPrograms.installed()).as("programs that .ci/run installs").isTrue();
    CountDownLatch green = new CountDownLatch(2);
    Map<String, AtomicInteger> calls =
        Map.of("/v1/responses", new AtomicInteger(), "/v1/messages", new AtomicInteger());
    // of each program two calls are for red; the third one, which begins green, gets no answer
    ProtocolServer.Behaviour once =
        (request, reply) -> {
          AtomicInteger its = calls.get(call(request));
          if (its != null && its.incrementAndGet() == 3) {
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
              "codex,claude")) {
        run = child.awaitPhase("candidates").path("run").asText();
        assertThat(green.await(60, TimeUnit.SECONDS)).as("green has begun for both").isTrue();
        child.kill();
      }
      TestCommandLine.Result resumed = winnow.run(environment, "runs", "resume", run, "--json");
      assertThat(resumed.exitCode()).as(resumed.out() + resumed.err()).isZero();
      JsonNode last = resumed.last();
      assertThat(last.path("outcome").asText()).isEqualTo("accepted");
      assertThat(last.path("candidates")).allMatch(one -> one.path("vetoes").isEmpty());
      assertThat(git(python.directory(), "show", last.path("branch").asText() + ":roman.py"))
          .contains("def from_roman");
      calls.forEach((path, its) -> {
        // red is not asked again, and its conversation is what green goes on with
        assertThat(its).as(path).hasValue(5);
        List<String> asked =
            server.received().stream()
                .filter(request -> call(request).equals(path))
                .map(request -> request.body().toString())
                .toList();
        assertThat(asked.subList(2, 5)).allMatch(body -> body.contains("test_from_roman.py"));
      });
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
