package dev.winnow.workspace;

import static dev.winnow.workspace.TestRepository.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkspaceFilesTest {

  private static final String SECRET = "the provider's key";

  @TempDir Path temp;
  private Path root;
  private WorkspaceFiles files;

  @BeforeEach
  void createWorkspace() throws IOException {
    root = Files.createDirectory(temp.resolve("w"));
    Files.writeString(temp.resolve("secret"), SECRET);
    files = files(OptionalInt.empty(), List.of());
  }

  private WorkspaceFiles files(OptionalInt owner, List<String> listed) {
    return new WorkspaceFiles(root, temp.resolve("w.staging"), owner, () -> listed);
  }

  static List<JsonNode> attacksByPath() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    WorkspaceFilesTest.class.getResourceAsStream("/attacks/workspace.jsonl")),
                StandardCharsets.UTF_8))) {
      List<JsonNode> attacks = new java.util.ArrayList<>();
      for (String line : lines.lines().toList()) {
        JsonNode attack = mapper.readTree(line);
        if (attack.path("id").asText().startsWith("fs-path")) {
          attacks.add(attack);
        }
      }
      return attacks;
    }
  }

  @ParameterizedTest
  @MethodSource("attacksByPath")
  void hostilePathsAreRefusedForEveryOperation(JsonNode attack) {
    String path = attack.path("input").path("path").asText();
    boolean literal = !attack.path("expected").asText().startsWith("reject") || path.contains(":");
    refused(() -> files.read(path), literal ? "does not exist" : "");
    if (!literal) {
      refused(() -> files.write(path, "x"), "");
      refused(() -> files.list(path), "");
      refused(() -> files.delete(path), "");
      assertThat(root).isEmptyDirectory();
    }
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String part) {
    assertThatThrownBy(call)
        .isInstanceOf(Refused.class)
        .hasMessageContaining(part)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void namesThatSomeFileSystemTakesForGitAreRefused() {
    for (String name :
        List.of(
            ".git/config",
            "a/.Git",
            ".g\u200cit/x",
            "git~1",
            ".git.",
            ".git ",
            "/a",
            "a\\b",
            "x\u007f")) {
      refused(() -> files.write(name, "x"), "");
    }
  }

  @Test
  void linksPipesAndForeignFilesAreRefused() {
    sh(
        root,
        "ln -s / dln; ln ../secret hard; ln -s /dev/zero z; ln -s ../secret s; mkfifo pipe; mkdir d; ln -s ../d d/up");
    refused(() -> files.write("dln/tmp/owned", "x"), "symbolic link");
    refused(() -> files.read("hard"), "linked from elsewhere");
    refused(() -> files.write("hard", "x"), "linked from elsewhere");
    refused(() -> files.read("z"), "symbolic link");
    refused(() -> files.read("s"), "symbolic link");
    refused(() -> files.write("s", "x"), "symbolic link");
    refused(() -> files.read("pipe"), "pipe");
    refused(() -> files.list("dln"), "symbolic link");
    refused(() -> files.read("d/up/x"), "symbolic link");
    refused(() -> files.read("d"), "is a directory");
    assertThat(temp.resolve("secret")).hasContent(SECRET);
  }

  @Test
  void binaryAndTooLargeFilesAreRefused() throws Exception {
    sh(
        root,
        "printf '\\377\\376\\000\\330' > bin; printf 'a\\000b' > nul; truncate -s 1048577 big; seq 400000 > lines");
    refused(() -> files.read("bin"), "binary file of 4 bytes");
    refused(() -> files.read("nul"), "binary");
    refused(() -> files.read("big"), "1048577 bytes");
    refused(() -> files.read("lines"), "range");
    assertThat(files.read("lines", 399_999, 500_000)).isEqualTo("399999\n400000\n");
    refused(() -> files.read("lines", 400_001, 400_002), "only 400000 lines");
    refused(() -> files.read("lines", 0, 1), "not a range");
    assertThat(files.read("lines", 1, 400_000)).endsWith("(cut at 1 MiB)\n");
  }

  @Test
  void writingCreatesParentsAndKeepsTheMode() throws Exception {
    files.write("a/b/c.txt", "1");
    assertThat(files.read("a/b/c.txt")).isEqualTo("1");
    files.write("run.sh", "old");
    sh(root, "chmod 755 run.sh");
    files.write("./run.sh", "new");
    assertThat(sh(root, "stat -c %a run.sh a a/b/c.txt; cat run.sh"))
        .isEqualTo("755\n755\n644\nnew");
    refused(() -> files.write("run.sh/x", "1"), "not a directory");
    refused(() -> files.write("a", "1"), "is a directory");
    files.delete("run.sh");
    refused(() -> files.delete("run.sh"), "does not exist");
    refused(() -> files.delete("a"), "not empty");
    refused(() -> files.delete("."), "no file");
    assertThat(sh(temp, "find w.staging -mindepth 1")).isEmpty();
  }

  @Test
  void whatIsWrittenBelongsToTheSandboxUser() throws Exception {
    assumeTrue(Ownership.root(), "only root can give files away");
    sh(root, "chown 61234:61234 .");
    files(OptionalInt.of(61234), List.of()).write("a/b", "x");
    assertThat(sh(root, "find . ! -uid 61234 -o ! -gid 61234")).isEmpty();
    assertThat(files.read("a/b")).isEqualTo("x");
    sh(root, "echo root > foreign");
    refused(() -> files.read("foreign"), "belongs to somebody else");
  }

  @Test
  void listingsAreSortedTypedAndCapped() throws Exception {
    sh(root, "mkdir d .git; echo 12 > f; ln -s f l; mkfifo p; cd d; seq 2500 | xargs touch");
    assertThat(files.list("").entries())
        .extracting(WorkspaceFiles.Entry::name, WorkspaceFiles.Entry::type)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("d", WorkspaceFiles.Type.DIRECTORY),
            org.assertj.core.groups.Tuple.tuple("f", WorkspaceFiles.Type.FILE),
            org.assertj.core.groups.Tuple.tuple("l", WorkspaceFiles.Type.SYMLINK),
            org.assertj.core.groups.Tuple.tuple("p", WorkspaceFiles.Type.OTHER));
    assertThat(files.list("d").entries()).hasSize(2000);
    assertThat(files.list("d").truncated()).isTrue();
  }

  @Test
  void searchFindsLinesAndKeepsTheSameGuards() throws Exception {
    sh(
        root,
        "mkdir -p s; printf 'one\\ntwo key\\n' > s/A.java; echo key > b.txt; ln -s ../secret link");
    WorkspaceFiles search =
        files(OptionalInt.empty(), List.of("b.txt", "link", "s/A.java", "gone"));
    assertThat(search(search, "k.y", "").lines())
        .containsExactly(
            new SearchFiles.Line("b.txt", 1, "key", true),
            new SearchFiles.Line("s/A.java", 2, "two key", true));
    assertThat(search(search, "key", "*.java").matches()).isEqualTo(1);
    assertThat(search(search, "key", "**/*.txt").matches()).isEqualTo(1);
    assertThat(search(search, "key", "s/?.java").matches()).isEqualTo(1);
    refused(() -> search(search, "(", ""), "not a regular expression");
  }

  private static SearchFiles.Result search(WorkspaceFiles files, String pattern, String glob)
      throws WorkspaceFiles.Refused {
    return files.search(
        new SearchFiles.Query(pattern, glob, false, 0, 10), dev.winnow.Cancellation.never());
  }

  @Test
  void swappingADirectoryForALinkLeaksNothing() throws Exception {
    Path real = Files.createDirectory(root.resolve("real"));
    Files.writeString(real.resolve("secret"), "fine");
    Files.createSymbolicLink(root.resolve("link"), temp);
    Path flip = root.resolve("flip");
    AtomicBoolean stop = new AtomicBoolean();
    Thread flipper =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                swap(root.resolve("link"), flip);
                swap(flip, root.resolve("link"));
                swap(real, flip);
                swap(flip, real);
              }
            });
    int good = 0;
    try {
      for (int i = 0; i < 4000; i++) {
        try {
          assertThat(files.read("flip/secret")).isEqualTo("fine");
          good++;
        } catch (Refused e) {
          // the link was there, or nothing
        }
      }
    } finally {
      stop.set(true);
      flipper.join();
    }
    assertThat(good).isGreaterThan(0);
  }

  private static void swap(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
