package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PruneMirrorsTest {

  @TempDir private Path directory;

  @Test
  void forgetsOldRunsAndKeepsWhatOthersNeedOrWroteJustNow() {
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    Path data = directory.resolve("data");
    Mirror mirror = Mirror.open(data, repository.root());
    String base = mirror.pin("HEAD");
    String tree = mirror.treeOf(base);
    String old = candidate(mirror, base, tree, "old");
    String kept = candidate(mirror, base, tree, "kept");
    // a snapshot of a run at work: no ref leads to it
    String snapshot = mirror.commit(tree, base, "snapshot");
    PruneMirrors prune = new PruneMirrors(data);

    assertThat(prune.refsOf(List.of("old", "unknown"))).isEqualTo(1);
    assertThat(prune.prune(List.of("unknown"), Set.of(), Duration.ZERO)).isZero();
    assertThat(prune.prune(List.of("old"), Set.of(snapshot, "0".repeat(40)), Duration.ofDays(1)))
        .isEqualTo(1);
    Git git = MirrorDirectory.all(data).getFirst().git();
    assertThat(git.run("cat-file", "-e", old).status()).as("younger than a day").isZero();

    // seconds are compared: what was written in this one is not older than it
    String again = candidate(mirror, base, tree, "old");
    assertThat(again).isEqualTo(old);
    assertThat(prune.prune(List.of("old"), Set.of(snapshot, base), Duration.ofSeconds(-5)))
        .isEqualTo(1);
    assertThat(git.run("cat-file", "-e", old).status()).isNotZero();
    assertThat(git.run("cat-file", "-e", snapshot).status()).isZero();
    assertThat(mirror.treeOf(kept)).isEqualTo(tree);
    assertThat(git.text("for-each-ref", "--format=%(refname)"))
        .contains("refs/winnow/kept/c1", "refs/pinned/" + base)
        .doesNotContain("hold");
    assertThat(git.run("fsck", "--connectivity-only").status()).isZero();
  }

  @Test
  void packsWhatIsScatteredOverManyFiles() {
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    Path data = directory.resolve("data");
    Mirror mirror = Mirror.open(data, repository.root());
    String base = mirror.pin("HEAD");
    for (int i = 0; i < 9; i++) {
      candidate(mirror, base, mirror.treeOf(base), "run-" + i);
    }
    Git git = MirrorDirectory.all(data).getFirst().git();
    assertThat(new PruneMirrors(data, 9).prune(List.of(), Set.of(), Duration.ofDays(2))).isZero();
    assertThat(git.text("count-objects", "-v")).contains("count: 9\n");
    assertThat(new PruneMirrors(data, 8).prune(List.of(), Set.of(), Duration.ofDays(2))).isZero();
    assertThat(git.text("count-objects", "-v")).contains("count: 0\n").contains("packs: 1\n");
    assertThat(git.run("fsck", "--connectivity-only").status()).isZero();
    assertThat(git.text("for-each-ref", "refs/winnow/").lines()).hasSize(9);
  }

  @Test
  void theOldestRunsGoWhileTheMirrorsAreTooLarge() {
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    Path data = directory.resolve("data");
    Mirror mirror = Mirror.open(data, repository.root());
    String base = mirror.pin("HEAD");
    SequencedMap<String, Set<String>> runs = new LinkedHashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < 4; i++) {
      byte[] data64 = new byte[65536];
      random.nextBytes(data64);
      repository.write("large", HexFormat.of().formatHex(data64)).commit("run " + i);
      String tree = mirror.treeOf(mirror.pin("HEAD"));
      if (i < 3) {
        candidate(mirror, base, tree, "run-" + i);
        runs.put("run-" + i, Set.of(base));
      } else {
        runs.put("snapshots-only", Set.of(tree));
      }
    }
    runs.put("elsewhere", Set.of("0".repeat(40)));
    PruneMirrors prune = new PruneMirrors(data);
    long each = 65536; // random digits of 4 bits, packed
    assertThat(prune.bytes()).isGreaterThan(4 * each);
    assertThat(prune.beyond(6 * each, runs, Set.of())).isEmpty();
    assertThat(prune.beyond(3 * each, runs, Set.of())).containsExactly("run-0", "run-1");
    assertThat(prune.beyond(0, runs, Set.of()))
        .containsExactly("run-0", "run-1", "run-2", "snapshots-only");
    // what others need is not theirs to give
    assertThat(prune.beyond(3 * each, runs, Objects.requireNonNull(runs.get("snapshots-only"))))
        .hasSize(2);
  }

  @Test
  void whatAKilledHousekeepingHeldIsLetGo() throws IOException {
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    Path data = directory.resolve("data");
    Mirror mirror = Mirror.open(data, repository.root());
    String base = mirror.pin("HEAD");
    candidate(mirror, base, mirror.treeOf(base), "old");
    MirrorDirectory its = MirrorDirectory.all(data).getFirst();
    its.git().text("update-ref", "refs/hold/" + base, base);
    Path half = Files.writeString(its.path().resolve("objects/pack/.tmp-7-pack-ab.pack"), "half");
    Files.setLastModifiedTime(half, FileTime.from(Instant.EPOCH));
    assertThat(new PruneMirrors(data).prune(List.of("old"), Set.of(), Duration.ofDays(1))).isOne();
    assertThat(its.git().text("for-each-ref")).isEmpty();
    assertThat(half).doesNotExist();
  }

  private static String candidate(Mirror mirror, String base, String tree, String run) {
    String commit = mirror.commit(tree, base, run, java.time.Instant.parse("2026-01-01T00:00:00Z"));
    mirror.keep(run + "/c1", commit);
    return commit;
  }
}
