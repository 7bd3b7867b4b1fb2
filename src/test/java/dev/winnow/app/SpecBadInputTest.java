package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is wrong with a task, an answer or a plan is one line, and nothing is lost. */
@Timeout(120)
class SpecBadInputTest {

  private static TestCommandLine winnow;
  private static Path files;

  @BeforeAll
  static void create() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    files = winnow.newDirectory();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static Path file(String name, String text) throws IOException {
    return Files.writeString(files.resolve(name), text);
  }

  private static void refused(String message, String... command) {
    TestCommandLine.Result result = winnow.run(command);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aTaskThatIsNoneIsRefused() throws Exception {
    refused("no task", "spec-run");
    refused("The task is empty", "spec-run", "--task", " ");
    refused(
        "the limit is 200,000",
        "spec-run",
        "--task-file",
        file("huge.txt", "x".repeat(1 << 20)).toString());
    Path binary = Files.write(files.resolve("binary"), new byte[] {(byte) 0xff, 0, (byte) 0xc3, 1});
    refused("not UTF-8", "spec-run", "--task-file", binary.toString());
    refused("exclude each other", "spec-run", "--task", "x", "--from", "y");
    refused("exclude each other", "plan", "latest", "--task", "x");
    refused("exclude each other", "run", "--spec", "a", "--track", "b", "--agents", "scripted:x");
  }

  @Test
  void wishesThatDoNotFitAreRefused() {
    refused("stub, single or dual", "plan", "--task", "x", "--mode", "triple");
    refused("0 to 20 questions", "plan", "--task", "x", "--mode", "stub", "--max-questions", "21");
    refused("one name", "plan", "--task", "x", "--mode", "single", "--agents", "a,b");
    refused("set OPENAI_API_KEY", "plan", "--task", "x", "--mode", "dual");
    refused("No model can ask", "plan", "--task", "x", "--mode", "single");
    refused("is no spec id", "specs", "show", "../etc");
    refused("No spec", "run", "--spec", "00000000", "--agents", "scripted:x");
    refused("There is no Conductor directory", "run", "--track", "x", "--agents", "scripted:x");
  }

  @Test
  void withoutAnyModelTheFixedQuestionsAreAsked() {
    TestCommandLine.Result result = winnow.run("plan", "--task", "Add a greeting", "--json");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
    JsonNode planning = result.last().path("artifacts").path("planning");
    assertThat(planning.path("metadata").path("mode").asText()).isEqualTo("stub");
    assertThat(planning.path("questions")).hasSize(2);
    assertThat(result.err()).contains("questions are open");
  }

  @Test
  void answersThatDoNotFitAreNamedAndTheOthersAreKept() throws Exception {
    String id =
        winnow
            .run("spec-run", "--task", "Add a greeting", "--mode", "stub", "--plan", "--json")
            .last()
            .path("id")
            .asText();
    refused("does not exist", "plan", id, "--answers", files.resolve("none").toString());
    refused("not valid YAML", "plan", id, "--answers", file("b.json", "{\"q1\": ").toString());
    refused(
        "The answer to 'q1' is empty", "plan", id, "--answers", file("e", "q1: ' '\n").toString());
    refused("list of texts", "plan", id, "--answers", file("o", "q1: {a: b}\n").toString());
    TestCommandLine.Result unknown =
        winnow.run(
            "plan", id, "--answers", file("u", "q1: It prints hello\nq77: what\n").toString());
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("answers what was not asked (q77)");
    TestCommandLine.Result few = winnow.run("plan", id, "--json");
    assertThat(few.exitCode()).isEqualTo(4);
    JsonNode planning = few.last().path("artifacts").path("planning");
    assertThat(planning.path("answers").findValuesAsText("text"))
        .containsExactly("It prints hello");
    TestCommandLine.Result over =
        winnow.run("plan", id, "--answers", file("n", "q2: null\n").toString());
    assertThat(over.exitCode()).as(over.err()).isZero();
    assertThat(over.out()).contains("skipped, stays open", "AC-1", "Valid");
    assertThat(winnow.run("specs", "export", id).out())
        .contains("## Open Questions", "- **AC-1**: It prints hello");
    assertThat(winnow.run("specs", "reject", id).exitCode()).isZero();
    refused("was rejected", "run", "--spec", id, "--agents", "scripted:x");
  }

  @Test
  void aPlanThatCannotBeWorkedOnSaysWhy() throws Exception {
    Path project = files.resolve("project");
    Files.createDirectories(project.resolve("conductor/tracks/t_20260101"));
    Files.writeString(
        project.resolve("conductor/tracks.md"),
        "- [ ] **Track: T**\n*Link: [./tracks/t_20260101/](./tracks/t_20260101/)*\n");
    Path plan = project.resolve("conductor/tracks/t_20260101/plan.md");
    String[] run = {"run", "--track", "t", "--repo", project.toString(), "--agents", "scripted:x"};
    refused("has no plan", run);
    Files.writeString(plan, "# Only a title\nand prose\n");
    refused("has no task", run);
    Files.writeString(plan, "- [x] Task: a 1234567\n");
    refused("All tasks of track t_20260101 are done", run);
    Files.writeString(plan, "- [ ] Task: User Manual Verification 'x'\n");
    refused("is yours", run);
  }

  @Test
  void importsAskWhatTheyMarkAsUnclear() throws Exception {
    TestCommandLine.Result made =
        winnow.run(
            "spec-run",
            "--from",
            Path.of("src/test/resources/planning/specs/001-photo-albums")
                .toAbsolutePath()
                .toString(),
            "--validate",
            "--json");
    assertThat(made.exitCode()).as(made.err()).isEqualTo(1);
    assertThat(
            made.last()
                .path("artifacts")
                .path("validation")
                .path("findings")
                .findValuesAsText("id"))
        .contains("question-open");
    TestCommandLine.Result answered =
        winnow.run(
            "plan",
            made.last().path("id").asText(),
            "--answers",
            file("r", "retention period not specified: 30 days\n").toString(),
            "--json");
    assertThat(answered.exitCode()).as(answered.err()).isZero();
    assertThat(answered.last().path("artifacts").path("planning").path("criteria")).hasSize(5);
    assertThat(answered.last().path("status").asText()).isEqualTo("validated");
  }
}
