package dev.winnow.spec.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.spec.WriteFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree written by hand in the documented format, read, changed and written back. */
class ConductorFilesTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.5Z");

  private static final String TRACKS =
      """
      # Project Tracks

      My own words.\t
      ---

      - [~] **Track: Export orders as CSV**
      *Link: [./tracks/export_20260101/](./tracks/export_20260101/)*

      ---

      ## [ ] Track: An older one
      *Link: [./tracks/older_20250101/](./tracks/older_20250101/)*
      <!-- - [ ] **Track: none** -->
      """;

  private static final String PLAN =
      """
      # Plan\r
      \r
      ## Phase 1: Base [checkpoint: 1234567]\r
      - [x] Task: Read orders abcdef1\r
      some prose of mine   \r
      ## Phase 2: Output
      - [ ] Task: Write rows, see facade1
          - [ ] Write tests
          - [~] Implement
          - a plain point
      ```
      - [ ] Task: in a code block
      ```
      - [ ] Task: Write the header
      - [ ] Task: Conductor - User Manual Verification 'Output' (Protocol in workflow.md)
      no line end\
      """;

  private static final String METADATA =
      """
      {"track_id":"export_20260101", "type" : "feature",
        "status": "in_progress", "owner": {"status": "mine"},
        "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z",
        "description":"Export \\u00e4"}\
      """;

  @TempDir Path project;

  private Path write(String name, String text) throws IOException {
    Path file = project.resolve("conductor").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private ConductorFiles tree() throws IOException {
    write("index.md", "# Ours\n- [Tracks Registry](./work/our-tracks.md)\n");
    write("work/our-tracks.md", TRACKS.replace("./tracks/", "../tracks/"));
    write(
        "tracks/export_20260101/index.md",
        "- [Plan of ours](./plan.md)\n- [Specification](./what.md)\n");
    write("tracks/export_20260101/what.md", "# Spec\n- **AC-1**: prints rows\n");
    write("tracks/export_20260101/plan.md", PLAN);
    write("tracks/export_20260101/metadata.json", METADATA);
    return ConductorFiles.open(project);
  }

  private String read(String name) throws IOException {
    return Files.readString(project.resolve("conductor").resolve(name));
  }

  @Test
  void aTreeIsReadThroughItsLinks() throws Exception {
    ConductorFiles files = tree();
    assertThat(files.entries())
        .extracting(TracksFile.Entry::id, TracksFile.Entry::marker, TracksFile.Entry::description)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "export_20260101", Marker.IN_PROGRESS, "Export orders as CSV"),
            org.assertj.core.groups.Tuple.tuple("older_20250101", Marker.OPEN, "An older one"));
    ConductorFiles.Track track = files.track("export");
    assertThat(track.notice()).isEmpty();
    assertThat(files.spec(track)).contains("AC-1");
    PlanFile plan = files.plan(track);
    assertThat(plan.phases()).extracting(PlanFile.Phase::name).containsExactly("Base", "Output");
    assertThat(plan.phases().getFirst().checkpoint()).isEqualTo("1234567");
    assertThat(plan.tasks())
        .extracting(PlanFile.Task::text)
        .containsExactly(
            "Read orders",
            "Write rows, see facade1",
            "Write the header",
            "Conductor - User Manual Verification 'Output' (Protocol in workflow.md)");
    assertThat(plan.tasks().getFirst().commit()).isEqualTo("abcdef1");
    assertThat(plan.tasks().getLast().manual()).isTrue();
    assertThat(plan.next().orElseThrow().subtasks()).hasSize(2);
  }

  @Test
  void onlyWhatIsChangedChanges() throws Exception {
    ConductorFiles files = tree();
    ConductorFiles.Track track = files.track("export_20260101");
    assertThat(files.markDone(track, "Output", "Write rows, see facade1", COMMIT, NOW)).isTrue();
    assertThat(read("tracks/export_20260101/plan.md"))
        .isEqualTo(
            PLAN.replace(
                    "- [ ] Task: Write rows, see facade1",
                    "- [x] Task: Write rows, see facade1 0123456")
                .replace("    - [ ] Write tests", "    - [x] Write tests")
                .replace("- [~] Implement", "- [x] Implement"));
    assertThat(read("work/our-tracks.md")).isEqualTo(TRACKS.replace("./tracks/", "../tracks/"));
    assertThat(read("tracks/export_20260101/metadata.json"))
        .isEqualTo(METADATA.replace("2026-01-02T00:00:00Z", "2026-11-23T10:00:00Z"));
    assertThat(files.markDone(track, "Output", "Write rows, see facade1", COMMIT, NOW))
        .as("twice")
        .isFalse();
  }

  @Test
  void theLastTaskEndsPhaseAndTrack() throws Exception {
    ConductorFiles files = tree();
    write("tracks/older_20250101/plan.md", "## Phase 1: All\n- [ ] Task: One thing\n");
    ConductorFiles.Track track = files.track("older_20250101");
    assertThat(files.markDone(track, "All", "One thing", COMMIT, NOW)).isTrue();
    assertThat(read("tracks/older_20250101/plan.md"))
        .isEqualTo("## Phase 1: All [checkpoint: 0123456]\n- [x] Task: One thing 0123456\n");
    assertThat(read("work/our-tracks.md")).contains("## [x] Track: An older one");
  }

  @Test
  void anyBytesSurviveARoundTrip() throws Exception {
    byte[] odd = "\uFEFF## Phase 1: \u00e4\r\n- [ ] Task: a\n\0\n".getBytes(StandardCharsets.UTF_8);
    odd[odd.length - 2] = (byte) 0xff;
    assertThat(new PlanFile(odd).bytes()).isEqualTo(odd);
    assertThat(new PlanFile(odd).phases())
        .extracting(PlanFile.Phase::name)
        .containsExactly("\u00e4");
    assertThat(new TracksFile(odd).bytes()).isEqualTo(odd);
    PlanFile plan = new PlanFile(odd);
    assertThat(plan.markDone("\u00e4", "a", COMMIT)).isTrue();
    assertThat(plan.bytes()).hasSize(odd.length + 8 + " [checkpoint: 0123456]".length());
  }

  @Test
  void pathsCannotLeaveTheDirectory() throws Exception {
    tree();
    Files.writeString(project.resolve("secret.md"), "- [ ] **Track: stolen**\n");
    write("index.md", "[Tracks Registry](../secret.md)");
    assertThatThrownBy(() -> ConductorFiles.open(project))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("leads out of");
    write("index.md", "");
    write("tracks.md", "- [ ] **Track: x**\n*Link: [x](../../..)*\n");
    assertThatThrownBy(() -> ConductorFiles.open(project).track(".."))
        .hasMessageContaining("leads out of");
    write("tracks.md", "- [ ] **Track: x**\n*Link: [x](./tracks/linked/)*\n");
    Files.createSymbolicLink(project.resolve("conductor/tracks/linked"), project);
    assertThatThrownBy(() -> ConductorFiles.open(project).track("linked"))
        .hasMessageContaining("leads out of");
  }

  @Test
  void metadataThatDisagreesIsToldAndTracksCount() throws Exception {
    ConductorFiles files = tree();
    write("tracks/export_20260101/metadata.json", METADATA.replace("in_progress", "completed"));
    assertThat(files.track("export").notice())
        .isEqualTo(
            "metadata.json of track export_20260101 says completed, tracks.md says in_progress; tracks.md counts.");
    write("tracks/export_20260101/metadata.json", METADATA.replace("export_", "import_"));
    assertThat(files.track("export").notice()).contains("says it is track import_20260101");
    write("tracks/export_20260101/metadata.json", "{broken");
    ConductorFiles.Track track = files.track("export");
    assertThat(track.notice()).contains("is broken");
    assertThat(files.markDone(track, "Output", "Write the header", COMMIT, NOW)).isTrue();
    assertThat(read("tracks/export_20260101/metadata.json")).isEqualTo("{broken");
  }

  @Test
  void brokenMarkdownAndPlansWithoutPhasesAreReadAsFarAsTheyGo() throws Exception {
    assertThat(new PlanFile("".getBytes(StandardCharsets.UTF_8)).next()).isEmpty();
    assertThat(
            new PlanFile(
                    "## Phase\n- [ Task\n* [y] no\n```\n- [ ] Task: open fence"
                        .getBytes(StandardCharsets.UTF_8))
                .tasks())
        .isEmpty();
    PlanFile flat =
        new PlanFile("- [x] Task: a 1234567\n- [ ] b\n".getBytes(StandardCharsets.UTF_8));
    assertThat(flat.next()).map(PlanFile.Task::text).contains("b");
    assertThat(flat.phases()).extracting(PlanFile.Phase::name).containsExactly("");
    tree();
    assertThatThrownBy(
            () -> ConductorFiles.open(project).plan(ConductorFiles.open(project).track("older")))
        .hasMessageContaining("has no plan");
    assertThatThrownBy(() -> ConductorFiles.open(project).track("nope"))
        .hasMessageContaining("export_20260101, older_20250101");
    assertThatThrownBy(() -> ConductorFiles.open(project.resolve("conductor/tracks")))
        .hasMessageContaining("There is no Conductor directory");
  }

  @Test
  void anEditWhileItIsWrittenIsNotLost() throws Exception {
    ConductorFiles files = tree();
    ConductorFiles.Track track = files.track("export");
    Path plan = project.resolve("conductor/tracks/export_20260101/plan.md");
    // the person saves between Winnow's reading and writing
    byte[] read = Files.readAllBytes(plan);
    Files.writeString(plan, "my new line\n" + PLAN);
    assertThat(WriteFile.instead(plan, read, "winnow's".getBytes(StandardCharsets.UTF_8)))
        .isFalse();
    assertThat(files.markDone(track, "Output", "Write the header", COMMIT, NOW)).isTrue();
    assertThat(Files.readString(plan))
        .startsWith("my new line\n")
        .contains("[x] Task: Write the header 0123456");
    // and two of Winnow at once
    List<CompletableFuture<Boolean>> both =
        List.of(
                "Write rows, see facade1",
                "Conductor - User Manual Verification 'Output' (Protocol in workflow.md)")
            .stream()
            .map(task ->
                CompletableFuture.supplyAsync(
                    () -> files.markDone(track, "Output", task, COMMIT, NOW)))
            .toList();
    assertThat(both).allSatisfy(one -> assertThat(one.join()).isTrue());
    assertThat(new PlanFile(Files.readAllBytes(plan)).isDone()).isTrue();
    try (var names = Files.list(plan.getParent())) {
      assertThat(names.filter(p -> p.toString().endsWith(".tmp"))).isEmpty();
    }
  }
}
