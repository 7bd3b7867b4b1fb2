package dev.winnow.workspace;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
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
    update(mirror, here.stream().map(id -> "delete " + HOLD + id + "\n"));
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

  private static List<String> present(MirrorDirectory mirror, Collection<String> ids) {
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
