package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Forgets the candidates of old runs in the mirrors, and then the objects that nothing needs. What
 * is younger than the limit stays in any case: a run may have written it a moment ago.
 */
public final class PruneMirrors {

  private static final String HOLD = "refs/hold/";

  /** More loose objects and packs than this make each git command slow. */
  private static final int SCATTERED = 4_000;

  private static final int PACKS = 40;

  private final Path dataDirectory;
  private final int scattered;

  public PruneMirrors(Path dataDirectory) {
    this(dataDirectory, SCATTERED);
  }

  /**
   * @param scattered how many loose objects a mirror may have before it is packed
   */
  PruneMirrors(Path dataDirectory, int scattered) {
    this.dataDirectory = dataDirectory;
    this.scattered = scattered;
  }

  /** What all mirrors take of the disk. */
  public long bytes() {
    return MeasureFiles.bytes(dataDirectory.resolve("mirrors"));
  }

  /** How many refs of these runs there are. */
  public int refsOf(Collection<String> runs) {
    Set<String> wanted = new HashSet<>(runs);
    return MirrorDirectory.all(dataDirectory).stream()
        .mapToInt(mirror -> refs(mirror, wanted).size())
        .sum();
  }

  /**
   * Deletes the refs of runs and what only they needed, and packs mirrors whose objects are
   * scattered over many files.
   *
   * @param runs whose candidates are forgotten
   * @param needed commits and trees that other runs still need, with or without a ref
   * @param younger objects that are younger than this stay
   * @return how many refs were deleted
   */
  public int prune(Collection<String> runs, Collection<String> needed, Duration younger) {
    Set<String> forgotten = new HashSet<>(runs);
    int deleted = 0;
    for (MirrorDirectory mirror : MirrorDirectory.all(dataDirectory)) {
      List<String> refs = refs(mirror, forgotten);
      if (!refs.isEmpty() || isScattered(mirror)) {
        update(mirror, refs.stream().map(ref -> "delete " + ref + "\n"));
        deleted += refs.size();
        boolean _ =
            mirror.locked(() -> {
              repack(mirror, needed, Instant.now().minus(younger));
              return true;
            });
      }
    }
    return deleted;
  }

  /**
   * The first of these runs without which the others' candidates and snapshots fit into a limit.
   *
   * @param bytes of all mirrors of this data directory, as git packs them
   * @param oldestFirst runs that may be forgotten, and what each of them needs beside its refs
   * @param needed by the runs that stay
   */
  public List<String> beyond(
      long bytes, SequencedMap<String, Set<String>> oldestFirst, Set<String> needed) {
    List<MirrorUse> uses =
        MirrorDirectory.all(dataDirectory).stream()
            .map(mirror -> MirrorUse.of(mirror, oldestFirst, needed))
            .toList();
    List<String> here =
        oldestFirst.keySet().stream()
            .filter(run -> uses.stream().anyMatch(use -> use.isUsedBy(run)))
            .toList();
    int least = 0;
    int most = here.size();
    while (least < most) {
      int middle = (least + most) / 2;
      Set<String> forgotten = Set.copyOf(here.subList(0, middle));
      if (uses.stream().mapToLong(use -> use.bytesWithout(forgotten)).sum() <= bytes) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    return here.subList(0, least);
  }

  private boolean isScattered(MirrorDirectory mirror) {
    List<String> counts = mirror.git().text("count-objects", "-v").lines().toList();
    return count(counts, "count: ") > scattered || count(counts, "packs: ") > PACKS;
  }

  private static int count(List<String> counts, String name) {
    return counts.stream()
        .filter(line -> line.startsWith(name))
        .mapToInt(line -> Integer.parseInt(line.substring(name.length())))
        .sum();
  }

  private static List<String> refs(MirrorDirectory mirror, Set<String> runs) {
    return mirror
        .git()
        .text("for-each-ref", "--format=%(refname)", "refs/winnow/")
        .lines()
        .filter(ref -> ref.split("/", -1).length > 3 && runs.contains(ref.split("/", -1)[2]))
        .toList();
  }

  private static void update(MirrorDirectory mirror, java.util.stream.Stream<String> commands) {
    byte[] input = commands.collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
    var _ = mirror.git().require(input, "update-ref", "--no-deref", "--stdin");
  }

  private static void repack(MirrorDirectory mirror, Collection<String> needed, Instant youngest) {
    List<String> here = present(mirror, needed);
    release(mirror); // of a process that was killed at this
    deleteUnfinishedPacks(mirror, youngest);
    update(mirror, here.stream().map(id -> "update " + HOLD + id + " " + id + "\n"));
    dropPinned(mirror, here);
    String before = "@" + youngest.getEpochSecond();
    var _ =
        mirror
            .git()
            .require(
                new byte[0],
                "repack",
                "-a",
                "-d",
                "-q",
                "--unpack-unreachable=" + before,
                "--window=10");
    var _ = mirror.git().require(new byte[0], "prune", "--expire=" + before);
    release(mirror);
  }

  private static void release(MirrorDirectory mirror) {
    List<String> held =
        mirror.git().text("for-each-ref", "--format=%(refname)", HOLD).lines().toList();
    update(mirror, held.stream().map(ref -> "delete " + ref + "\n"));
  }

  /** As large as the mirror itself, and git never looks at them again. */
  private static void deleteUnfinishedPacks(MirrorDirectory mirror, Instant youngest) {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(mirror.path().resolve("objects/pack"), "{.tmp-,tmp_}*")) {
      for (Path file : left) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(youngest)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot clean " + mirror.path(), e);
    }
  }

  /** Bases that no remaining candidate stands on and no remaining run names. */
  private static void dropPinned(MirrorDirectory mirror, List<String> needed) {
    Set<String> keep = new HashSet<>(needed);
    keep.addAll(
        mirror.git().text("rev-list", "--glob=refs/winnow/", "--glob=" + HOLD).lines().toList());
    List<String> gone = new ArrayList<>();
    for (String line :
        mirror
            .git()
            .text("for-each-ref", "--format=%(objectname)", "refs/pinned/")
            .lines()
            .toList()) {
      if (!line.isEmpty() && !keep.contains(line)) {
        gone.add(line);
      }
    }
    update(mirror, gone.stream().map(id -> "delete refs/pinned/" + id + "\n"));
  }

  /** Those of the ids that the mirror has. */
  static List<String> present(MirrorDirectory mirror, Collection<String> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    byte[] input = (String.join("\n", ids) + "\n").getBytes(StandardCharsets.UTF_8);
    return mirror
        .git()
        .require(input, "cat-file", "--batch-check")
        .text()
        .lines()
        .filter(line -> line.matches("[0-9a-f]{40,64} (commit|tree) \\d+"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .distinct()
        .toList();
  }
}
