package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.NamesOfTests;
import dev.winnow.evidence.tamper.TreeFiles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The ids that independent tests have. Nobody's own cell tells, so candidates' code is what names
 * them, and that code could name more than there are: others would then seem to have skipped them.
 */
final class ExpectIndependent {

  private final List<String> files;
  private final BiPredicate<String, String> definedIn;
  private final TreeFiles sources;
  private final Map<String, NamesOfTests> names = new HashMap<>();

  /**
   * @param definedIn whether a test with this id can stand in this file
   */
  ExpectIndependent(List<String> files, BiPredicate<String, String> definedIn, TreeFiles sources) {
    this.files = files;
    this.definedIn = definedIn;
    this.sources = sources;
  }

  /**
   * Tests that most runs executed, or that the set's files name: a test that one candidate made up
   * is not expected of the others, and one that it hid is. What stands for a file that did not load
   * is no test.
   */
  Set<String> of(List<TestRun> runs) {
    List<TestRun> ran = runs.stream().filter(TestRun::ran).toList();
    Map<String, Integer> times = new TreeMap<>();
    Set<String> passed = new HashSet<>();
    for (TestRun run : ran) {
      passed.addAll(run.ids(TestStatus.PASSED));
      BuildMatrix.executed(run).forEach(id -> times.merge(id, 1, Integer::sum));
    }
    Set<String> expected = new TreeSet<>();
    times.forEach((id, count) -> {
      boolean test = NamesOfTests.isTest(id) || passed.contains(id);
      if (test && (2 * count > ran.size() || isWritten(id))) {
        expected.add(id);
      }
    });
    return expected;
  }

  private boolean isWritten(String id) {
    return files.stream()
        .filter(file -> definedIn.test(id, file))
        .anyMatch(file -> writtenIn(file, id));
  }

  private boolean writtenIn(String file, String id) {
    return names
        .computeIfAbsent(file, path -> NamesOfTests.in(path, sources.text(path).orElse("")))
        .contains(id);
  }
}
