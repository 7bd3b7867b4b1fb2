package dev.winnow.evidence.tamper;

import com.google.re2j.Pattern;
import dev.winnow.evidence.tamper.TamperFinding.Kind;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds existing tests that a candidate deleted, disabled or weakened. Added lines are fine; so is
 * moving or reformatting a test. A change that may be honest (an identifier renamed, an assertion
 * moved to a helper) is a hint, since the evidence is taken with the base's version of the tests
 * anyway.
 */
final class TamperedTests {

  /** Characters of changed test code that are searched for moved tests. */
  private static final int MOVED_TEXT = 4_000_000;

  private static final Pattern ONLY =
      Pattern.compile(
          "\\b(?:test|it|describe|suite|context|specify)\\.only\\b|\\bonly\\s*:\\s*true");
  private static final Pattern DEFINITION =
      Pattern.compile("(?m)^[ \\t]*(?:async[ \\t]+)?def[ \\t]+test");

  private final TreeFiles base;
  private final TreeFiles candidate;
  private final FileRules rules;
  private final List<TamperFinding> findings = new ArrayList<>();

  /** Test code of all files that the candidate added or changed, without blanks: moved tests. */
  private String everywhere = "";

  TamperedTests(TreeFiles base, TreeFiles candidate, FileRules rules) {
    this.base = base;
    this.candidate = candidate;
    this.rules = rules;
  }

  List<TamperFinding> find(List<FileChange> changes) {
    StringBuilder text = new StringBuilder();
    for (FileChange change : changes) {
      boolean counts = change.kind() != FileChange.Kind.DELETED && holdsTests(change.path());
      if (counts && text.length() < MOVED_TEXT) {
        text.append(SourceText.squeeze(source(candidate, change.path()).code())).append('\n');
      }
    }
    everywhere = text.toString();
    for (FileChange change : changes) {
      switch (change.kind()) {
        case DELETED -> deleted(change.path());
        case MODIFIED, TYPE_CHANGED -> modified(change);
        case ADDED -> {}
      }
    }
    return findings;
  }

  /** Rust keeps unit tests beside the code, so that a path alone does not tell. */
  private boolean holdsTests(String path) {
    return rules.isTestFile(path) || SourceText.Language.of(path) == SourceText.Language.RUST;
  }

  private void deleted(String path) {
    if (!holdsTests(path)) {
      return;
    }
    SourceText old = source(base, path);
    TestBlocks tests = TestBlocks.of(old);
    if (tests.byName().isEmpty()) {
      if (rules.isTestFile(path)) {
        hint(Kind.TEST_DELETED, path, "deletes a file that tests use");
      }
      return;
    }
    List<String> lost =
        tests.byName().entrySet().stream()
            .filter(test -> !livesOn(old.language(), test.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!lost.isEmpty()) {
      veto(
          Kind.TEST_DELETED,
          path,
          "deletes an existing test file with %d test%s: %s"
              .formatted(lost.size(), lost.size() == 1 ? "" : "s", names(lost)));
    }
  }

  /** A test that was moved or renamed still has its assertions, in a file with tests. */
  private boolean livesOn(SourceText.Language language, String test) {
    Map<String, Integer> checks = TestChecks.of(language, test);
    return !checks.isEmpty() && checks.keySet().stream().allMatch(everywhere::contains);
  }

  private void modified(FileChange change) {
    String path = change.path();
    if (!holdsTests(path)) {
      return;
    }
    SourceText oldSource = source(base, path);
    SourceText newSource = source(candidate, path);
    TestBlocks old = TestBlocks.of(oldSource);
    TestBlocks now = TestBlocks.of(newSource);
    if (oldSource.language() == SourceText.Language.OTHER) {
      if (change.removed() > 0 || change.binary()) {
        hint(Kind.TEST_WEAKENED, path, "changes data that existing tests use");
      }
      return;
    }
    if (old.byName().isEmpty() && !rules.isTestFile(path)) {
      return;
    }
    AssertingHelpers helpers = AssertingHelpers.of(newSource.language(), now.rest());
    for (Map.Entry<String, String> test : old.byName().entrySet()) {
      String now1 = now.byName().get(test.getKey());
      if (now1 == null) {
        missing(path, test.getKey(), oldSource.language(), test.getValue(), now);
      } else {
        compare(
            path, test.getKey(), oldSource.language(), test.getValue(), now1, newSource, helpers);
      }
    }
    String oldRest = old.rest();
    SourceText.Language language = oldSource.language();
    if (TestChecks.disabled(language, now.rest()) > TestChecks.disabled(language, oldRest)
        || only(language, newSource) > only(language, oldSource)
        || switchedOff(base, path) < switchedOff(candidate, path)) {
      veto(Kind.TEST_DISABLED, path, "disables or skips existing tests of the file");
    }
    weakened(path, "", language, oldRest, now.rest(), newSource.code(), AssertingHelpers.NONE);
  }

  /** A new test that is the only one to run switches off those that were there. */
  private static long only(SourceText.Language language, SourceText source) {
    return language == SourceText.Language.JAVASCRIPT
        ? ONLY.matcher(source.masked()).find() ? 1 : 0
        : 0;
  }

  /** Go's build constraints are comments, which the scanner removes. */
  private static long switchedOff(TreeFiles tree, String path) {
    if (!path.endsWith(".go")) {
      return 0;
    }
    return tree.text(path).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("//go:build") || line.startsWith("// +build"))
        .count();
  }

  private void missing(
      String path, String name, SourceText.Language language, String test, TestBlocks now) {
    Map<String, Integer> checks = TestChecks.of(language, test);
    boolean renamed =
        !checks.isEmpty()
            && now.byName().values().stream()
                .map(SourceText::squeeze)
                .anyMatch(body -> checks.keySet().stream().allMatch(body::contains));
    boolean moved = !renamed && movedToOtherFile(path, language, test);
    if (!renamed && !moved) {
      veto(
          Kind.TEST_DELETED,
          path,
          "removes the existing test %s, or renames it so that it does not run".formatted(name));
    }
  }

  private boolean movedToOtherFile(String path, SourceText.Language language, String test) {
    String own = SourceText.squeeze(source(candidate, path).code());
    Map<String, Integer> checks = TestChecks.of(language, test);
    String others = everywhere.replace(own, "");
    return !checks.isEmpty() && checks.keySet().stream().allMatch(others::contains);
  }

  private void compare(
      String path,
      String name,
      SourceText.Language language,
      String old,
      String now,
      SourceText newSource,
      AssertingHelpers helpers) {
    if (TestChecks.disabled(language, now) > TestChecks.disabled(language, old)
        || (language == SourceText.Language.PYTHON && definitions(now) > definitions(old))) {
      veto(Kind.TEST_DISABLED, path, "disables or skips the existing test " + name);
    } else if (TestChecks.escapes(language, now) > TestChecks.escapes(language, old)
        || TestChecks.moreConditions(language, old, now)) {
      veto(
          Kind.TEST_WEAKENED,
          path,
          "makes the existing test %s leave early or swallow its failure".formatted(name));
    } else if (TestChecks.losesCases(old, now)) {
      veto(Kind.TEST_WEAKENED, path, "takes cases away from the existing test " + name);
    } else {
      weakened(path, name, language, old, now, newSource.code(), helpers);
    }
  }

  /** The second test of a name in a class or module takes the place of the first. */
  private static long definitions(String test) {
    return DEFINITION.split(test).length;
  }

  private void weakened(
      String path,
      String name,
      SourceText.Language language,
      String old,
      String now,
      String file,
      AssertingHelpers helpers) {
    // the rest of a file may have gained the check through a helper, or lost it to a test
    String within = SourceText.squeeze(name.isEmpty() ? file : now);
    String where = name.isEmpty() ? "existing tests" : "the existing test " + name;
    boolean hinted = false;
    for (Map.Entry<String, Integer> check : TestChecks.of(language, old).entrySet()) {
      if (TestChecks.occurrences(check.getKey(), within) >= check.getValue()) {
        continue;
      }
      if (!TestChecks.sameStrength(
          language, check.getKey(), old, name.isEmpty() ? file : now, helpers)) {
        veto(
            Kind.TEST_WEAKENED,
            path,
            "weakens %s: `%s` is gone".formatted(where, cap(check.getKey())));
        return;
      }
      if (!hinted) {
        hinted = true;
        hint(Kind.TEST_WEAKENED, path, "rewrites a check of %s".formatted(where));
      }
    }
    if (!hinted && !name.isEmpty() && linesLost(old, within)) {
      hint(Kind.TEST_WEAKENED, path, "changes %s, its assertions stay".formatted(where));
    }
  }

  private static boolean linesLost(String old, String squeezedNow) {
    return old.lines()
        .map(SourceText::squeeze)
        .anyMatch(line -> line.length() > 3 && !squeezedNow.contains(line));
  }

  private static SourceText source(TreeFiles tree, String path) {
    return SourceText.of(path, tree.text(path).orElse(""));
  }

  private static String names(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(3, names.size())));
    return cap(names.size() > 3 ? first + ", ..." : first);
  }

  private static String cap(String text) {
    return text.length() <= 120 ? text : text.substring(0, 119) + "…";
  }

  private void veto(Kind kind, String path, String detail) {
    findings.add(new TamperFinding(kind, true, path, detail));
  }

  private void hint(Kind kind, String path, String detail) {
    findings.add(new TamperFinding(kind, false, path, detail));
  }
}
