package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.store.Manifest;
import dev.winnow.store.ReadArchive;
import dev.winnow.store.WriteArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ExportMirrorsTest {

  private static final String NAME = "mirrors/repository-0123456789abcdef.git";

  @TempDir private Path directory;

  private interface Content {
    void write(WriteArchive archive) throws IOException;
  }

  private ReadArchive archive(Content content) throws IOException {
    Path file = directory.resolve(UUID.randomUUID().toString());
    try (WriteArchive archive = WriteArchive.create(file)) {
      content.write(archive);
      archive.finish(parts -> new Manifest(1, 1, "test", "18", Instant.EPOCH, List.of(), parts));
    }
    return ReadArchive.open(file);
  }

  private static void add(WriteArchive archive, String name, String content) throws IOException {
    try (OutputStream out = archive.entry(name)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void bringsCommitsSnapshotsAndRefsToAnotherDataDirectory() throws IOException {
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    repository.write("a.txt", "two\n").commit("second, so that there is history to cut");
    Mirror mirror = Mirror.open(directory.resolve("here"), repository.root());
    String base = mirror.pin("HEAD");
    String tree = mirror.compose(mirror.treeOf(base), Set.of("a.txt"), base, Set.of());
    String kept = mirror.commit(tree, base, "kept");
    mirror.keep("run/c1", kept);
    String snapshot =
        mirror.treeOf(mirror.commit(mirror.treeOf(base), base, "no ref leads here", Instant.EPOCH));

    Path there = directory.resolve("there");
    try (ReadArchive archive =
        archive(to -> assertThat(ExportMirrors.write(directory.resolve("here"), to)).isOne())) {
      assertThat(ExportMirrors.read(there, archive)).isOne();
      assertThat(ExportMirrors.read(there, archive)).as("a second time").isOne();
    }
    Files.move(repository.root().resolve(".git/objects"), directory.resolve("gone"));
    Files.createDirectory(repository.root().resolve(".git/objects"));
    Mirror copy = Mirror.open(there, repository.root());
    assertThat(copy.treeOf(kept)).isEqualTo(tree);
    assertThat(copy.files(snapshot)).containsOnlyKeys("a.txt");
    assertThat(copy.diff(mirror.treeOf(base), tree, List.of(), 10_000)).contains("-two");
    MirrorDirectory directory = MirrorDirectory.all(there).getFirst();
    assertThat(directory.git().text("for-each-ref", "--format=%(refname)"))
        .contains("refs/winnow/run/c1", "refs/pinned/" + base);
    assertThat(directory.git().run("fsck", "--strict").status()).isZero();
  }

  @Test
  void anEmptyDataDirectoryHasNothingToExport() throws IOException {
    try (ReadArchive archive =
        archive(to -> assertThat(ExportMirrors.write(directory.resolve("none"), to)).isZero())) {
      assertThat(ExportMirrors.read(directory.resolve("there"), archive)).isZero();
    }
    assertThat(directory.resolve("there")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "mirrors/../../evil-0123456789abcdef.git, refs/winnow/x, sha1",
    "mirrors/a-0123456789abcdef.git, refs/heads/main, sha1",
    "mirrors/a-0123456789abcdef.git, --stdin, sha1",
    "mirrors/a-0123456789abcdef.git, refs/winnow/x, '--template=/tmp'",
  })
  void anExportThatTriesToLeaveItsPlaceIsRefused(String name, String ref, String format)
      throws IOException {
    String about =
        Json.write(
            new ExportMirrors.About(
                format, List.of(), List.of(new ExportMirrors.Ref(ref, "0".repeat(40)))));
    try (ReadArchive archive = archive(to -> add(to, name + "/about.json", about))) {
      assertThatThrownBy(() -> ExportMirrors.read(directory.resolve("there"), archive))
          .isInstanceOf(WinnowException.class)
          .hasMessageContaining("not one of Winnow's");
    }
    assertThat(directory.resolve("there")).doesNotExist();
  }

  @Test
  void aPackThatIsNoPackEndsInOneLine() throws IOException {
    String about = Json.write(new ExportMirrors.About("sha1", List.of(), List.of()));
    try (ReadArchive archive =
        archive(to -> {
          add(to, NAME + "/about.json", about);
          add(to, NAME + "/objects.pack", "x".repeat(1 << 20));
        })) {
      assertThatThrownBy(() -> ExportMirrors.read(directory.resolve("there"), archive))
          .hasMessageContaining("pack signature mismatch")
          .message()
          .doesNotContain("\n");
    }
  }
}
