package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Driver;
import dev.winnow.agent.cli.PlayCandidate;
import dev.winnow.agent.cli.RealPrograms;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code winnow run --agents codex,claude} with the real programs, from the task to the branch. */
@Timeout(180)
class RealProgramsRunTest {

  static final String RED =
      """
      cat > tests/test_from_roman.py <<'END'
      import unittest

      from roman import from_roman, to_roman


      class FromRomanTest(unittest.TestCase):
          def test_reads_what_to_roman_writes(self):
              for number in range(1, 4000):
                  self.assertEqual(number, from_roman(to_roman(number)))

          def test_refuses_four_in_a_row(self):
              with self.assertRaises(ValueError):
                  from_roman("IIII")
      END
      """;

  static final String GREEN =
      """
      cat >> roman.py <<'END'


      def from_roman(text):
          number, rest = 0, text
          for value, symbol in _SYMBOLS:
              while rest.startswith(symbol):
                  number += value
                  rest = rest[len(symbol):]
          if rest or not 1 <= number <= 3999 or to_roman(number) != text:
              raise ValueError(f"not a Roman numeral: {text!r}")
          return number
      END
      python3 -m unittest discover -s tests -t . 2>&1 | tail -1
      """;

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws Exception {
    assumeThat(RealPrograms.installed()).as("programs that .ci/run installs").isTrue();
    winnow = TestCommandLine.withSharedServer();
  }

  @AfterAll
  static void close() throws IOException {
    if (winnow != null) {
      winnow.close();
    }
  }

  static Map<String, String> environment(ProtocolServer server) {
    return Map.of(
        "PATH",
        "/usr/bin:/bin",
        "OPENAI_API_KEY",
        "sk-open",
        "OPENAI_BASE_URL",
        server.address() + "/v1",
        "ANTHROPIC_API_KEY",
        "sk-anthropic",
        "ANTHROPIC_BASE_URL",
        server.address().toString(),
        "WINNOW_CODEX_PATH",
        RealPrograms.path(Driver.CODEX).toString(),
        "WINNOW_CLAUDE_PATH",
        RealPrograms.path(Driver.CLAUDE).toString());
  }

  @Test
  void bothWorkTestFirstAndOneOfThemIsDelivered() throws IOException {
    FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
    Path repository = python.directory();
    try (ProtocolServer server = new ProtocolServer(new PlayCandidate(List.of(RED, GREEN)))) {
      TestCommandLine.Result result =
          winnow.run(
              environment(server),
              "run",
              "--json",
              "--repo",
              repository.toString(),
              "--task",
              python.task(),
              "--agents",
              "codex,claude");
      assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
      JsonNode last = result.last();
      assertThat(last.path("outcome").asText()).isEqualTo("accepted");
      assertThat(git(repository, "show", last.path("branch").asText() + ":roman.py"))
          .contains("def from_roman");
      for (JsonNode candidate : last.path("candidates")) {
        assertThat(candidate.path("vetoes")).isEmpty();
        // two calls for red, two for green, each counted once
        assertThat(candidate.path("usage").path("outputTokens").asInt()).isEqualTo(200);
      }
      assertThat(server.received())
          .filteredOn(request -> request.path().startsWith("/v1/"))
          .hasSize(8);
    }
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }

  @Test
  void theDoctorAndTheListOfAgentsKnowThem() {
    try (ProtocolServer server = new ProtocolServer(new PlayCandidate(List.of()))) {
      String doctor = winnow.run(environment(server), "doctor").out();
      assertThat(doctor).contains("codex 0.169.0", "claude 2.1.330");
      String agents = winnow.run(environment(server), "agents", "--json").out();
      assertThat(agents.lines().filter(line -> line.contains("\"kind\":\"cli\"")))
          .hasSize(2)
          .allMatch(line -> line.contains("\"usable\":true"));
    }
  }
}
