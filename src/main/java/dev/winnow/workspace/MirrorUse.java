package dev.winnow.workspace;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Why objects are in a mirror.
 *
 * @param byRun commits and trees that a run keeps there
 * @param always those that stay in any case
 */
record MirrorUse(MirrorDirectory mirror, Map<String, Set<String>> byRun, Set<String> always) {

  /**
   * @param runs which may go, and what each of them needs beside its refs
   * @param needed by the runs that stay
   */
  static MirrorUse of(MirrorDirectory mirror, Map<String, Set<String>> runs, Set<String> needed) {
    Set<String> wanted = new HashSet<>(needed);
    runs.values().forEach(wanted::addAll);
    Set<String> present = new HashSet<>(PruneMirrors.present(mirror, wanted));
    Map<String, Set<String>> byRun = new HashMap<>();
    runs.forEach((run, ids) ->
        ids.stream()
            .filter(present::contains)
            .forEach(id -> byRun.computeIfAbsent(run, _ -> new HashSet<>()).add(id)));
    Set<String> always = new HashSet<>(needed);
    always.retainAll(present);
    for (String line :
        mirror
            .git()
            .text("for-each-ref", "--format=%(objectname) %(refname)", "refs/winnow/")
            .lines()
            .filter(line -> !line.isEmpty())
            .toList()) {
      String[] parts = line.split("[ /]", -1);
      String run = parts.length > 3 ? parts[3] : "";
      (runs.containsKey(run) ? byRun.computeIfAbsent(run, _ -> new HashSet<>()) : always)
          .add(parts[0]);
    }
    return new MirrorUse(mirror, byRun, always);
  }

  boolean isUsedBy(String run) {
    return byRun.containsKey(run);
  }

  /** What the mirror would take, packed as it is now, if these runs were forgotten. */
  long bytesWithout(Set<String> forgotten) {
    List<String> kept = new ArrayList<>(always);
    byRun.forEach((run, ids) -> {
      if (!forgotten.contains(run)) {
        kept.addAll(ids);
      }
    });
    if (kept.isEmpty()) {
      return 0;
    }
    byte[] input = (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8);
    return Long.parseLong(
        mirror
            .git()
            .require(input, "rev-list", "--objects", "--disk-usage", "--stdin")
            .text()
            .strip());
  }
}
