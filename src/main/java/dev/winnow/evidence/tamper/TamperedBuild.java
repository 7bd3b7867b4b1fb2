package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.winnow.evidence.tamper.TamperFinding.Kind;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds changes to build and runner configuration that drop tests or hide their failure. Each line
 * is read together with where it stands (section, block, XML path), because {@code exclude} is
 * honest nearly everywhere but in the test configuration.
 */
final class TamperedBuild {

  private static final Pattern MAVEN =
      Pattern.compile(
          "(?i)(?:^|/)(?:skipTests|skipITs|maven\\.test\\.skip(?:\\.exec)?|maven\\.test\\.failure\\.ignore"
              + "|testFailureIgnore|skip\\.?(?:unit\\.?)?tests)=true$"
              + "|^project/(?:.*/)?properties/(?:surefire\\.(?:excludes|excludesFile|includes|includesFile)"
              + "|test|groups|excludedGroups)="
              + "|plugin\\[maven-(?:surefire|failsafe)-plugin\\]/(?:.*/)?(?:skip|skipExec|skipTests)=true$"
              + "|plugin\\[maven-(?:surefire|failsafe)-plugin\\]/(?:.*/)?(?:exclude|excludes|excludesFile|include"
              + "|includes|includesFile|groups|excludedGroups|test|dependenciesToScan|testSourceDirectory"
              + "|testClassesDirectory|additionalClasspath\\w*|classpathDependency\\w*)="
              + "|plugin\\[maven-(?:surefire|failsafe)-plugin\\]/(?:.*/)?phase=none$"
              + "|/testSourceDirectory=|/targetPath=(?:.*/)?(?:META-INF|org/(?:junit|opentest4j|assertj|testng))"
              + "|junit\\.(?:jupiter|platform)\\.(?:extensions|conditions|execution|discovery|listeners)\\."
              + "|/argLine=.*-javaagent|/build/(?:.*/)?extensions(?:/extension/artifactId)?=(?:true$|.+)"
              + "|plugin\\[(?:maven-antrun-plugin|exec-maven-plugin|gmaven\\w*-plugin|groovy-maven-plugin)\\]/");
  private static final Pattern MAVEN_OPTIONS =
      Pattern.compile(
          "-D(?:skipTests|maven\\.test\\.\\w+|test=|surefire\\.|skipITs|groups|excludedGroups|maven\\.ext\\.)"
              + "|-javaagent|-agent(?:lib|path)|^(?:-f|--file|-fn|--fail-never|-pl|--projects|-rf|--resume-from)\\b");
  private static final Pattern GRADLE =
      Pattern.compile(
          "\\bignoreFailures\\s*(?:=|\\()?\\s*true|\\bexcludeTestsMatching\\b|\\bincludeTestsMatching\\b"
              + "|\\bexclude(?:Tags|Engines|Categories)\\b|\\bfailOnNoDiscoveredTests\\b");
  private static final Pattern GRADLE_TEST_BLOCK =
      Pattern.compile("\\btest\\b|\\bTest\\b|\"test\"|'test'|\\bfilter\\b");
  private static final Pattern GRADLE_IN_TEST =
      Pattern.compile(
          "\\benabled\\s*=\\s*false|\\bonlyIf\\b|\\bexclude\\b|\\binclude\\b|\\bisEnabled\\s*=\\s*false"
              + "|\\bactions\\s*=|\\bisIgnoreFailures\\s*=\\s*true");
  private static final Pattern GRADLE_ONE_LINE =
      Pattern.compile(
          "\\b(?:test|tasks\\.test)\\s*\\.\\s*(?:enabled|onlyIf|exclude|ignoreFailures)\\b");
  private static final Pattern PYTEST =
      Pattern.compile(
          "--ignore|--deselect|--collect-only|--co\\b|(?:^|[\\s\"'=])-[km][\\s\"'=]|-p\\s*no:|(?:^|[\\s\"'=,\\[])-p[\\s\"'=,]"
              + "|\\bnorecursedirs\\b|\\bcollect_ignore|--exitfirst|--maxfail|--lf\\b|--last-failed|--sw\\b");
  private static final Pattern PYTEST_NAMES =
      Pattern.compile("^\\s*(?:testpaths|python_files|python_classes|python_functions)\\s*=");
  private static final Pattern TEST_PATHS = Pattern.compile("^\\s*testpaths\\s*=");
  private static final Pattern CONFTEST =
      Pattern.compile(
          "\\bcollect_ignore|\\bpytest_(?:collection\\w*|ignore_collect|collect_\\w+|runtest\\w*|sessionfinish"
              + "|exception_interact|pyfunc_call|pycollect\\w*|itemcollected|deselected|report\\w*|unconfigure)\\b"
              + "|\\badd_marker\\b|\\bpytest\\.(?:skip|exit|xfail)\\b|\\bmark\\.(?:skip|xfail)");
  private static final Pattern NODE_CONFIG =
      Pattern.compile(
          "\\b(?:testPathIgnorePatterns|modulePathIgnorePatterns|passWithNoTests|testNamePattern|grep|ignore"
              + "|allowOnly|testMatch|testRegex|spec|testRunner|runner|reporters?|testResultsProcessor|roots"
              + "|rootDir|bail|retry|retries)\\b\\s*[:=]|--test-(?:skip|name)-pattern");
  private static final Pattern CARGO_OFF =
      Pattern.compile("^\\s*(?:test|harness|autotests|doctest)\\s*=\\s*false\\b");
  private static final Pattern CARGO_RUNNER =
      Pattern.compile("^\\s*(?:runner|rustc(?:-\\w+)*-?wrapper|rustc|rustdoc)\\s*=");
  private static final Pattern TEST_COMMAND =
      Pattern.compile(
          "(?i)test|\\b(?:check|jest|mocha|vitest|mvn|mvnw|gradle|gradlew|cargo|go|tox|nox|npm|yarn|pnpm|ctest|spec)\\b|^@?(?:true|exit 0)$");

  /** A leading minus makes {@code make} go on. */
  private static final Pattern MAKE_GOES_ON = Pattern.compile("^@?-");

  private static final Pattern REPLACES_ASSERTIONS =
      Pattern.compile(
          "^(?:replace\\s+)?\\S*(?:testify|gotest\\.tools|go-cmp|gomega|ginkgo|goconvey|\\bis\\b|quicktest)\\S*\\s.*=>"
              + "|^(?:pretty_assertions|assert\\w*|similar-asserts|googletest|rstest|insta|claims?|proptest|quickcheck)\\s*=.*\\bpath\\s*=");

  private static final Pattern MAPS_FRAMEWORK =
      Pattern.compile(
          "['\"\\^/@](?:chai|assert|expect|vitest|jest|@?jest/\\w+|@?vitest/\\w+|mocha|sinon|power-assert|should|node:\\w+)['\"$/]\\s*:"
              + "|\\b(?:chai|assert|expect|vitest|jest|mocha)\\s*:\\s*['\"]");
  private static final Pattern NPM_OPTIONS =
      Pattern.compile("^node-options\\s*=.*-(?:r|-require|-import|-loader)\\b");

  private static final Pattern SHELL_OFF =
      Pattern.compile(
          "\\|\\|\\s*(?:true|:|exit\\s+0|echo)|;\\s*(?:true|exit\\s+0)\\b|&&\\s*exit\\s+0|^\\s*@?true\\s*$");
  private static final Pattern SECTION =
      Pattern.compile("^\\s*\\[+\\s*([^\\]]*?)\\s*\\]+\\s*(?:#.*)?$");

  private final TreeFiles base;
  private final TreeFiles candidate;
  private final FileRules rules;

  TamperedBuild(TreeFiles base, TreeFiles candidate, FileRules rules) {
    this.base = base;
    this.candidate = candidate;
    this.rules = rules;
  }

  List<TamperFinding> find(FileChange change) {
    String path = change.path();
    boolean deleted = change.kind() == FileChange.Kind.DELETED;
    if (deleted || change.binary() || !configures(path)) {
      return List.of();
    }
    String old = base.text(path).orElse("");
    String now = candidate.text(path).orElse("");
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.equals("pom.xml")) {
      return maven(path, old, now);
    }
    if (name.equals("package.json")) {
      return PackageJson.compare(old, now).stream().map(d -> veto(path, d)).toList();
    }
    List<Line> before = lines(old);
    List<TamperFinding> findings = new ArrayList<>();
    for (Line line : lines(now)) {
      if (!before.remove(line) && drops(name, line) && !firstTestPaths(line, old)) {
        findings.add(veto(path, "adds `%s`".formatted(cap(line.text()))));
      }
    }
    if (name.startsWith("settings.gradle")) {
      before.stream()
          .filter(line -> line.text().startsWith("include"))
          .forEach(line -> findings.add(veto(path, "removes `%s`".formatted(cap(line.text())))));
    }
    return findings;
  }

  /**
   * Where nothing was said, the usual directory takes no test away; if it does, that test is
   * missed.
   */
  private static boolean firstTestPaths(Line line, String old) {
    return TEST_PATHS.matcher(line.text()).find() && !old.contains("testpaths");
  }

  /** conftest.py counts in every repository: pytest runs it whatever the runner is called. */
  private boolean configures(String path) {
    return rules.isBuildFile(path) || path.endsWith("conftest.py") || path.startsWith(".mvn/");
  }

  /** A line and the sections or blocks that it stands in. */
  private record Line(String place, String text) {}

  private static boolean drops(String name, Line line) {
    String text = line.text();
    String place = line.place();
    if (name.equals("maven.config") || name.equals("jvm.config")) {
      return MAVEN_OPTIONS.matcher(text).find();
    }
    if (name.contains(".gradle")) {
      return GRADLE.matcher(text).find()
          || GRADLE_ONE_LINE.matcher(text).find()
          || (GRADLE_TEST_BLOCK.matcher(place).find() && GRADLE_IN_TEST.matcher(text).find());
    }
    if (name.equals("conftest.py")) {
      return CONFTEST.matcher(text).find();
    }
    if (name.equals("pytest.ini") || name.equals(".pytest.ini") || place.contains("pytest")) {
      return PYTEST.matcher(text).find() || PYTEST_NAMES.matcher(text).find();
    }
    if (name.equals("go.mod") || name.equals("go.work")) {
      return REPLACES_ASSERTIONS.matcher(text).find();
    }
    if (name.equals(".npmrc")) {
      return NPM_OPTIONS.matcher(text).find();
    }
    if (name.equals("config.toml")) {
      return CARGO_RUNNER.matcher(text).find();
    }
    if (name.equals("Cargo.toml")) {
      return !place.contains("bench")
          && !place.contains("example")
          && (CARGO_OFF.matcher(text).find() || REPLACES_ASSERTIONS.matcher(text).find());
    }
    if (name.equals("Makefile") || name.endsWith(".sh") || name.equals("tox.ini")) {
      boolean goesOn =
          SHELL_OFF.matcher(text).find()
              || (name.equals("Makefile") && MAKE_GOES_ON.matcher(text).find());
      return goesOn && TEST_COMMAND.matcher(text).find();
    }
    boolean nodeConfig =
        name.startsWith("jest.config")
            || name.startsWith("vitest.")
            || name.startsWith(".mocharc")
            || name.startsWith("karma.conf")
            || name.startsWith("ava.config");
    return nodeConfig
        && (NODE_CONFIG.matcher(text).find()
            || MAPS_FRAMEWORK.matcher(text).find()
            || (place.contains("test") && text.contains("exclude")));
  }

  private static List<Line> lines(String text) {
    List<Line> lines = new ArrayList<>();
    List<String> blocks = new ArrayList<>();
    String section = "";
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith("//")) {
        continue;
      }
      Matcher header = SECTION.matcher(raw);
      if (header.matches()) {
        section = header.group(1);
      }
      lines.add(new Line(section + " " + String.join(" ", blocks), line));
      for (int i = 0; i < line.length(); i++) {
        if (line.charAt(i) == '{') {
          blocks.add(line.substring(0, i));
        } else if (line.charAt(i) == '}' && !blocks.isEmpty()) {
          blocks.removeLast();
        }
      }
    }
    return lines;
  }

  private static List<TamperFinding> maven(String path, String old, String now) {
    Optional<List<String>> after = PomLeaves.of(now);
    List<String> before = new ArrayList<>(PomLeaves.of(old).orElse(List.of()));
    List<TamperFinding> findings = new ArrayList<>();
    for (String leaf : after.orElse(List.of())) {
      if (!before.remove(leaf) && MAVEN.matcher(leaf).find()) {
        String shown = leaf.substring(leaf.lastIndexOf('/') + 1);
        findings.add(veto(path, "sets `%s` for the tests".formatted(cap(shown))));
      }
    }
    if (after.isPresent()) {
      before.stream()
          .filter(leaf -> leaf.contains("modules/module="))
          .forEach(leaf ->
              findings.add(
                  veto(path, "removes the module " + cap(leaf.substring(leaf.indexOf('=') + 1)))));
    }
    return findings;
  }

  private static TamperFinding veto(String path, String detail) {
    return new TamperFinding(Kind.BUILD_DROPS_TESTS, true, path, detail);
  }

  private static String cap(String text) {
    return text.length() <= 120 ? text : text.substring(0, 119) + "…";
  }
}
