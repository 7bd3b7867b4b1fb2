package dev.winnow.evidence.tamper;

import com.google.re2j.Pattern;
import dev.winnow.evidence.tamper.TamperFinding.Kind;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds what a candidate did to tests, build or reports instead of solving the task. Looks only at
 * what the candidate changed against the base, so that a repository's own oddities are nobody's
 * fault.
 */
public final class FindTampering {

  /**
   * What the test runs on the candidate's code showed.
   *
   * @param missing tests were expected and did not run, or the test process ended early
   * @param disbelieved reason of a run whose report was not believed while the base's was, or empty
   */
  public record Symptoms(boolean missing, String disbelieved) {
    public static final Symptoms NONE = new Symptoms(false, "");
  }

  private static final Pattern EXIT =
      Pattern.compile(
          "\\bSystem\\s*\\.\\s*exit\\s*\\(|\\.halt\\s*\\(|\\bexitProcess\\s*\\(|\\bos\\._exit\\s*\\("
              + "|\\bsys\\.exit\\s*\\(|\\bos\\.(?:abort|kill)\\s*\\(|\\braise\\s+SystemExit\\b|^\\s*(?:exit|quit)\\s*\\("
              + "|\\bprocess\\.(?:exit|abort|reallyExit|kill)\\s*\\(|\\bprocess::(?:exit|abort)\\s*\\("
              + "|\\bos\\.Exit\\s*\\(|\\bsyscall\\.(?:Exit|Kill)\\s*\\(|\\bProcessHandle\\b.*\\bdestroy");
  private static final Pattern MAIN =
      Pattern.compile("\\bexit\\s*\\(\\s*(?:\\w+\\.)*(?:main|m\\.Run)\\s*\\(");
  private static final Pattern REPORT_PLACE =
      Pattern.compile("(?:^|/)(?:target/(?:surefire|failsafe)-reports|build/test-results)/");
  private static final Pattern REPORT_FILE = Pattern.compile("(?:^|/)TEST-[^/]*\\.xml$");
  private static final Pattern FRAMEWORK =
      Pattern.compile(
          "\\bTestCase\\.\\w+\\s*=[^=]|\\bassert\\.\\w+\\s*=[^=]|\\bunittest\\.\\w+(?:\\.\\w+)*\\s*=[^=]"
              + "|\\b(?:global|globalThis)\\s*(?:\\.\\s*|\\[\\s*['\"`])(?:expect|it|test|describe|assert)\\b['\"`\\]\\s]*=[^=]"
              + "|\\bObject\\.(?:defineProperty|defineProperties|assign)\\s*\\(\\s*(?:assert|expect|chai|should)\\b"
              + "|\\bModule\\._(?:load|resolveFilename)\\s*=[^=]|\\bModule\\.prototype\\.require\\s*=[^=]"
              + "|\\b(?:setattr|patch\\.object)\\s*\\(\\s*(?:unittest|TestCase|pytest)\\b|\\bTestCase\\.\\w+\\.__\\w+__\\s*=[^=]"
              + "|\\bbuiltins\\.(?:[A-Z]\\w*|isinstance|issubclass|type|bool|all|any|getattr|hasattr|repr|len)\\s*=[^=]"
              + "|\\baddTypeEqualityFunc\\s*\\(|\\b__builtins__\\b|\\bsys\\.modules\\[['\"](?:unittest|pytest|_pytest)");
  private static final Pattern ALWAYS_EQUAL =
      Pattern.compile(
          "def __eq__\\s*\\([^)]*\\)\\s*(?:->\\s*\\w+\\s*)?:\\s*return True\\s*(?:$|#|;)"
              + "|\\b__eq__\\s*=\\s*lambda\\b[^:]*:\\s*True\\b"
              + "|\\bboolean\\s+equals\\s*\\([^)]*\\)\\s*\\{\\s*return true;");

  /** By which code finds out that a test calls it. */
  private static final Pattern CALLER =
      Pattern.compile(
          "\\bgetStackTrace\\s*\\(|\\bStackWalker\\b|\\binspect\\.(?:stack|currentframe)\\s*\\(|\\bsys\\._getframe\\s*\\("
              + "|\\b(?:PYTEST_CURRENT_TEST|NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST_WORKER_ID)\\b|['\"](?:unittest|pytest)['\"]"
              + " (?:not )?in sys\\.modules");

  /** Where the report of a run in this very process can be found. */
  private static final Pattern OWN_PROCESS =
      Pattern.compile("/proc/self/(?:fd|mem|cmdline)\\b|/dev/fd/|\\bsys\\.orig_argv\\b");

  private static final Pattern START_HOOK =
      Pattern.compile("(?:^|/)(?:sitecustomize|usercustomize)\\.py$");

  /** More test sources than these are not searched for inputs; the hint is not worth the time. */
  private static final int TESTS_READ = 200;

  private final FileRules rules;
  private final TreeFiles base;
  private final TreeFiles candidate;

  public FindTampering(FileRules rules, TreeFiles base, TreeFiles candidate) {
    this.rules = rules;
    this.base = base;
    this.candidate = candidate;
  }

  /**
   * @param changes from the base's tree to the candidate's
   * @param baseFiles all paths of the base
   */
  public List<TamperFinding> find(
      List<FileChange> changes, Collection<String> baseFiles, Symptoms symptoms) {
    List<TamperFinding> findings = new ArrayList<>();
    changes.forEach(change -> entry(change, baseFiles, findings));
    List<FileChange> files = changes.stream().filter(c -> isFile(c.newMode())).toList();
    findings.addAll(new TamperedTests(base, candidate, rules).find(files));
    for (FileChange change : files) {
      findings.addAll(new TamperedBuild(base, candidate, rules).find(change));
    }
    for (FileChange change : files) {
      if (change.kind() != FileChange.Kind.DELETED && !change.binary()) {
        code(change.path(), symptoms, findings);
      }
    }
    if (!symptoms.disbelieved().isEmpty()) {
      findings.add(new TamperFinding(Kind.FORGED_REPORT, true, "", symptoms.disbelieved()));
    }
    specialCases(files, baseFiles, findings);
    return findings.stream().distinct().toList();
  }

  private static boolean isFile(String mode) {
    return !mode.equals("120000") && !mode.equals("160000");
  }

  private void entry(
      FileChange change, Collection<String> baseFiles, List<TamperFinding> findings) {
    if (!isFile(change.newMode()) && !change.newMode().equals(change.oldMode())) {
      String what = change.newMode().equals("120000") ? "a symbolic link" : "a nested repository";
      findings.add(new TamperFinding(Kind.FORBIDDEN_ENTRY, true, change.path(), "adds " + what));
    }
    String path = change.path();
    boolean planted =
        REPORT_PLACE.matcher(path).find()
            || (REPORT_FILE.matcher(path).find() && !rules.isTestFile(path));
    if (planted && change.kind() != FileChange.Kind.DELETED) {
      findings.add(
          new TamperFinding(
              Kind.FORGED_REPORT, true, path, "puts a file where test reports are written"));
    }
    if (change.kind() != FileChange.Kind.DELETED
        && ShadowedFramework.matches(path, rules.isTestFile(path), baseFiles)) {
      findings.add(
          new TamperFinding(
              Kind.BUILD_DROPS_TESTS,
              true,
              path,
              "is loaded instead of, or by, what runs the tests"));
    }
    if (START_HOOK.matcher(path).find() && change.kind() == FileChange.Kind.ADDED) {
      findings.add(
          new TamperFinding(
              Kind.BUILD_DROPS_TESTS,
              false,
              path,
              "adds code that every Python process runs first"));
    }
  }

  private void code(String path, Symptoms symptoms, List<TamperFinding> findings) {
    if (!isSource(path)) {
      return;
    }
    SourceText now = SourceText.of(path, candidate.text(path).orElse(""));
    Set<String> old = new HashSet<>();
    SourceText.of(path, base.text(path).orElse(""))
        .code()
        .lines()
        .map(String::strip)
        .forEach(old::add);
    String[] codeLines = now.code().split("\n", -1);
    String[] maskedLines = now.masked().split("\n", -1);
    for (int number = 1; number <= codeLines.length; number++) {
      String code = codeLines[number - 1];
      String line = maskedLines[number - 1];
      if (old.contains(code.strip())) {
        continue;
      }
      if (now.language() == SourceText.Language.JAVA && ShadowedFramework.declares(line)) {
        findings.add(
            new TamperFinding(
                Kind.BUILD_DROPS_TESTS,
                true,
                path,
                "declares a package of the test framework (line %d)".formatted(number)));
      }
      if (EXIT.matcher(line).find() && (symptoms.missing() || !MAIN.matcher(line).find())) {
        String why =
            symptoms.missing()
                ? "ends the process, and expected tests did not run (line %d)"
                : "can end the process (line %d); all expected tests ran";
        findings.add(
            new TamperFinding(Kind.EARLY_EXIT, symptoms.missing(), path, why.formatted(number)));
      }
      if (FRAMEWORK.matcher(code).find()) {
        findings.add(
            new TamperFinding(
                Kind.TEST_WEAKENED,
                !rules.isTestFile(path),
                path,
                "replaces a part of the test framework (line %d)".formatted(number)));
      }
      boolean production = !rules.isTestFile(path);
      if (production && CALLER.matcher(code).find()) {
        findings.add(
            new TamperFinding(
                Kind.SPECIAL_CASED,
                false,
                path,
                "looks at who calls it (line %d)".formatted(number)));
      }
      String next = number < codeLines.length ? codeLines[number].strip() : "";
      if (production && ALWAYS_EQUAL.matcher(code.strip() + " " + next).find()) {
        findings.add(
            new TamperFinding(
                Kind.SPECIAL_CASED,
                true,
                path,
                "defines an equality that is always true (line %d)".formatted(number)));
      }
      if (production && OWN_PROCESS.matcher(code).find()) {
        findings.add(
            new TamperFinding(
                Kind.FORGED_REPORT,
                true,
                path,
                "reaches for the open files or the memory of its own process (line %d)"
                    .formatted(number)));
      }
      if (code.contains("surefire-reports") || code.contains("build/test-results")) {
        findings.add(
            new TamperFinding(
                Kind.FORGED_REPORT,
                false,
                path,
                "names the place of test reports (line %d)".formatted(number)));
      }
    }
  }

  private void specialCases(
      List<FileChange> changes, Collection<String> baseFiles, List<TamperFinding> findings) {
    SpecialCasing cases = new SpecialCasing();
    baseFiles.stream()
        .filter(path -> rules.isTestFile(path) && isSource(path))
        .limit(TESTS_READ)
        .forEach(path -> base.text(path).ifPresent(text -> cases.learn(SourceText.of(path, text))));
    for (FileChange change : changes) {
      if (rules.isTestFile(change.path()) && isSource(change.path())) {
        candidate
            .text(change.path())
            .ifPresent(text -> cases.learn(SourceText.of(change.path(), text)));
      }
    }
    for (FileChange change : changes) {
      String path = change.path();
      if (!rules.isTestFile(path) && isSource(path)) {
        SourceText old = SourceText.of(path, base.text(path).orElse(""));
        SourceText now = SourceText.of(path, candidate.text(path).orElse(""));
        cases
            .find(old, now)
            .ifPresent(line ->
                findings.add(
                    new TamperFinding(
                        Kind.SPECIAL_CASED,
                        false,
                        path,
                        "answers inputs of the tests literally: `%s`"
                            .formatted(line.length() > 120 ? line.substring(0, 120) : line))));
      }
    }
  }

  private static boolean isSource(String path) {
    return SourceText.Language.of(path) != SourceText.Language.OTHER;
  }
}
