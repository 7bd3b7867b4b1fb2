package dev.winnow.evidence.tamper;

import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A small diff in memory, for the tests of what reads diffs. */
final class Change {

  private final Map<String, String> base = new LinkedHashMap<>();
  private final Map<String, String> candidate = new LinkedHashMap<>();

  static Change none() {
    return new Change();
  }

  Change edit(String path, String old, String now) {
    base.put(path, old);
    candidate.put(path, now);
    return this;
  }

  Change keep(String path, String text) {
    return edit(path, text, text);
  }

  Change add(String path, String text) {
    candidate.put(path, text);
    return this;
  }

  Change delete(String path, String text) {
    base.put(path, text);
    return this;
  }

  List<TamperFinding> findings() {
    return findings(FindTampering.Symptoms.NONE);
  }

  List<TamperFinding> findings(FindTampering.Symptoms symptoms) {
    FileRules rules = new FileRules(Change::isTest, Change::isBuild);
    return new FindTampering(
            rules,
            path -> Optional.ofNullable(base.get(path)),
            path -> Optional.ofNullable(candidate.get(path)))
        .find(changes(), base.keySet(), symptoms);
  }

  List<TamperFinding.Kind> vetoes() {
    return vetoes(FindTampering.Symptoms.NONE);
  }

  List<TamperFinding.Kind> vetoes(FindTampering.Symptoms symptoms) {
    return findings(symptoms).stream()
        .filter(TamperFinding::veto)
        .map(TamperFinding::kind)
        .distinct()
        .toList();
  }

  private List<FileChange> changes() {
    List<FileChange> changes = new ArrayList<>();
    Set<String> paths = new TreeSet<>(base.keySet());
    paths.addAll(candidate.keySet());
    for (String path : paths) {
      String old = base.get(path);
      String now = candidate.get(path);
      if (old == null) {
        changes.add(change(FileChange.Kind.ADDED, path, "000000", "100644", 1, 0));
      } else if (now == null) {
        changes.add(change(FileChange.Kind.DELETED, path, "100644", "000000", 0, 1));
      } else if (!old.equals(now)) {
        List<String> lost = new ArrayList<>(old.lines().toList());
        lost.removeAll(now.lines().toList());
        changes.add(change(FileChange.Kind.MODIFIED, path, "100644", "100644", 1, lost.size()));
      }
    }
    return changes;
  }

  static FileChange change(
      FileChange.Kind kind, String path, String oldMode, String newMode, int added, int removed) {
    return new FileChange(kind, path, oldMode, newMode, added, removed, false);
  }

  static boolean isTest(String path) {
    return path.startsWith("src/test/")
        || path.startsWith("test/")
        || path.startsWith("tests/")
        || path.contains(".test.")
        || path.endsWith("_test.go")
        || path.endsWith("conftest.py");
  }

  static boolean isBuild(String path) {
    return path.matches(
        "(.*/)?(pom\\.xml|package\\.json|build\\.gradle(\\.kts)?|settings\\.gradle|pytest\\.ini|setup\\.cfg"
            + "|pyproject\\.toml|Cargo\\.toml|conftest\\.py|(jest|vitest)\\.config\\.js|go\\.mod|\\.npmrc|Makefile|maven\\.config)");
  }
}
