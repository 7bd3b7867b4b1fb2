package dev.winnow.spec.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.spec.Criterion;
import dev.winnow.spec.PlanPhase;
import dev.winnow.spec.Question;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportSpecTest {

  @TempDir Path directory;

  @Test
  void aSpecOfSpecKitBringsStoriesRequirementsTasksAndQuestions() {
    ImportSpec imported =
        ImportSpec.from(Path.of("src/test/resources/planning/specs/001-photo-albums"));
    assertThat(imported.title()).isEqualTo("Photo Albums");
    assertThat(imported.planning().criteria())
        .extracting(Criterion::id)
        .containsExactly("AC-1", "AC-2", "AC-3", "AC-4", "AC-5");
    assertThat(imported.planning().criteria())
        .extracting(Criterion::text)
        .contains(
            "Given no photos, When the albums are listed, Then an empty list is shown",
            "FR-001: System MUST list albums by date, the newest first",
            "FR-002: System MUST keep albums for (see q1)",
            "SC-001: A list of 10,000 photos is shown within 2 seconds");
    assertThat(imported.planning().questions())
        .extracting(Question::question)
        .containsExactly("retention period not specified");
    assertThat(imported.planning().plan())
        .extracting(PlanPhase::name)
        .containsExactly("Setup", "User Story 1");
    assertThat(imported.planning().plan().getFirst().tasks()).hasSize(2);
    assertThat(imported.task().text()).doesNotContain("NEEDS CLARIFICATION");
  }

  @Test
  void aPlainMarkdownFileIsATaskWithItsCriteria() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("wish.md"),
            """
            # Faster start

            It starts slowly.

            ## Acceptance Criteria
            - The program prints its version within 1 second
            2. A broken cache is ignored

            ## Work
            - [ ] Measure
            """);
    ImportSpec imported = ImportSpec.from(file);
    assertThat(imported.title()).isEqualTo("Faster start");
    assertThat(imported.planning().criteria())
        .extracting(Criterion::text)
        .containsExactly(
            "The program prints its version within 1 second", "A broken cache is ignored");
    assertThat(imported.planning().plan()).hasSize(1);
    assertThat(imported.planning().open()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsRefused() throws Exception {
    assertThatThrownBy(() -> ImportSpec.from(directory.resolve("none.md")))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> ImportSpec.from(directory)).hasMessageContaining("spec.md");
    Path binary = Files.write(directory.resolve("b.md"), new byte[] {(byte) 0xc3, 0x28, 0, 1});
    assertThatThrownBy(() -> ImportSpec.from(binary)).hasMessageContaining("not UTF-8");
    Path empty = Files.writeString(directory.resolve("e.md"), " \n");
    assertThatThrownBy(() -> ImportSpec.from(empty)).hasMessageContaining("The task is empty");
  }
}
