package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From a task over questions and answers to a verified change whose tests name their criteria. */
@Timeout(180)
class SpecRoundTripTest {

  private static final String INTERVIEW =
      """
      {"questions": [{"question": "What happens with an empty text?", "rationale": "It is no numeral.",
          "suggestions": ["A ValueError", "Zero"]}],
       "specification": {"overview": "from_roman reads what to_roman writes.",
         "criteria": ["from_roman returns the number that a canonical numeral stands for.",
                      "from_roman raises a ValueError for an empty text."],
         "plan": [{"name": "Reading", "tasks": ["Add from_roman"]}]}}\
      """;

  private static TestCommandLine winnow;
  private static Path scripts;

  @BeforeAll
  static void create() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    scripts = winnow.newDirectory();
    Files.writeString(scripts.resolve("interview.json"), INTERVIEW);
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  /** A script of the fixture whose tests name criteria. */
  private static String named(FixtureRepository python, String script) throws IOException {
    String text = Files.readString(python.scripts().resolve(script + ".json"));
    Path file = scripts.resolve(script + ".json");
    Files.writeString(
        file,
        text.replace("test_reads_single_symbols", "test_ac1_reads_single_symbols")
            .replace("test_refuses_nothing", "test_ac2_refuses_nothing")
            .replace("test_one", "test_ac1_one")
            .replace("test_no_empty_text", "test_ac2_no_empty_text"));
    return "scripted:" + file;
  }

  @Test
  void aVagueTaskBecomesAVerifiedChange() throws Exception {
    FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
    TestCommandLine.Result made =
        winnow.run(
            "spec-run",
            "--task",
            "Read Roman numerals: add from_roman(text) to roman.py",
            "--repo",
            python.directory().toString(),
            "--agents",
            "scripted:" + scripts.resolve("interview.json"),
            "--validate",
            "--plan",
            "--json");
    assertThat(made.exitCode()).as(made.err()).isEqualTo(1);
    JsonNode spec = made.last();
    String id = spec.path("id").asText();
    assertThat(spec.path("status").asText()).isEqualTo("draft");
    assertThat(spec.path("artifacts").path("planning").path("status").asText())
        .isEqualTo("needs_answers");
    assertThat(spec.path("artifacts").path("validation").path("findings").findValuesAsText("id"))
        .contains("criteria-missing", "question-open");
    assertThat(
            spec.path("artifacts")
                .path("assessment")
                .path("repository")
                .path("languages")
                .toString())
        .contains("Python");

    TestCommandLine.Result early = winnow.run("run", "--spec", id, "--agents", "scripted:x");
    assertThat(early.exitCode()).isEqualTo(2);
    assertThat(early.err()).contains("is not valid").hasLineCount(1);

    Path answers = Files.writeString(scripts.resolve("answers.yaml"), "q1: 1\n");
    TestCommandLine.Result planned =
        winnow.run("plan", id, "--answers", answers.toString(), "--json");
    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.last().path("status").asText()).isEqualTo("validated");
    assertThat(winnow.run("specs", "approve", id).exitCode()).isZero();

    TestCommandLine.Result run =
        winnow.run(
            "run",
            "--spec",
            id,
            "--agents",
            named(python, "right"),
            "--tester",
            named(python, "tester"),
            "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    TestCommandLine.Result shown = winnow.run("runs", "show", "latest", "--json");
    JsonNode report = shown.last();
    assertThat(report.path("spec").asText()).isEqualTo(id);
    assertThat(report.path("task").asText())
        .contains("A ValueError", "**AC-2**", "What happens with an empty text?");
    assertThat(report.path("criteria")).hasSize(2);
    for (JsonNode criterion : report.path("criteria")) {
      assertThat(criterion.path("tests").findValuesAsText("author"))
          .as(criterion.toString())
          .containsExactlyInAnyOrder("c1", "tester");
      assertThat(criterion.path("tests").findValuesAsText("outcome")).containsOnly("passed");
    }
    assertThat(winnow.run("runs", "show", "latest").out())
        .contains("Acceptance criteria", "AC-1", "test_ac2_no_empty_text: passed");
  }

  @Test
  void aTrackIsDoneTaskByTaskAndMarkedWhenThePersonAccepts() throws Exception {
    FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
    Path answers =
        Files.writeString(
            scripts.resolve("stub.json"),
            "{\"q1\": \"from_roman returns the number of a canonical numeral\", \"q2\": null}");
    TestCommandLine.Result planned =
        winnow.run(
            "plan",
            "--task",
            python.task(),
            "--title",
            "Read Roman numerals",
            "--mode",
            "stub",
            "--max-questions",
            "2",
            "--answers",
            answers.toString(),
            "--track",
            python.directory().toString());
    assertThat(planned.exitCode()).as(planned.err()).isZero();
    Path conductor = python.directory().resolve("conductor");
    String list = Files.readString(conductor.resolve("tracks.md"));
    assertThat(list).contains("- [ ] **Track: Read Roman numerals**");
    String[] again = {"plan", "latest", "--track", python.directory().toString()};
    assertThat(winnow.run(again).err()).contains("short name 'read-roman-numerals' already");

    TestCommandLine.Result run =
        winnow.run(
            "run",
            "--track",
            "read-roman-numerals",
            "--repo",
            python.directory().toString(),
            "--agents",
            named(python, "right") + "," + named(python, "right"),
            "--approve",
            "--json");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(Files.readString(conductor.resolve("tracks.md"))).isEqualTo(list);
    String id = run.last().path("run").asText();
    TestCommandLine.Result approved = winnow.run("runs", "approve", id);
    assertThat(approved.exitCode()).as(approved.err()).isZero();
    String commit =
        git(python.directory(), "rev-parse", "--short=7", "winnow/" + branch(python, id)).strip();
    assertThat(Files.readString(conductor.resolve("tracks.md")))
        .isEqualTo(list.replace("- [ ] **", "- [~] **"));
    String name = TestCommandLine.namesIn(conductor.resolve("tracks")).getFirst();
    Path track = conductor.resolve("tracks").resolve(name);
    assertThat(Files.readString(track.resolve("plan.md")))
        .contains(
            "- [x] Task: AC-1: from_roman returns the number of a canonical numeral " + commit)
        .contains("- [ ] Task: Conductor - User Manual Verification");
    assertThat(Files.readString(track.resolve("metadata.json")))
        .contains("\"status\": \"in_progress\"");
    assertThat(winnow.run("runs", "show", id, "--json").last().path("criteria")).hasSize(1);

    TestCommandLine.Result next =
        winnow.run(
            "run",
            "--track",
            "read-roman-numerals",
            "--repo",
            python.directory().toString(),
            "--agents",
            python.agent("right"));
    assertThat(next.exitCode()).isEqualTo(2);
    assertThat(next.err()).contains("is yours");
  }

  private static String branch(FixtureRepository python, String run) throws Exception {
    String all =
        git(
            python.directory(),
            "branch",
            "--format=%(refname:short)",
            "--list",
            "winnow/*" + run.substring(run.length() - 8));
    return all.strip().replaceFirst("^winnow/", "");
  }
}
