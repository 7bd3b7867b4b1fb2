package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.DetectRunner.Options;
import dev.winnow.evidence.runner.TestRun.Verdict;
import dev.winnow.workspace.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Projects with dependencies. The reports are those of vitest 2.1, jest 29 and mocha 10; the
 * installation is that of the real npm, from a registry of the test's own.
 */
class NpmRunnerTest {

  private static final String PACKAGE =
      """
      {"name": "p", "version": "1.0.0", "scripts": {"test": "mocha --timeout 5000 'test/*.js'"},
       "devDependencies": {"mocha": "^10.0.0"}}
      """;

  private static final String TEST =
      """
      const assert = require("node:assert");
      describe("sum", () => {
        it("adds", () => assert.equal(1 + 1, 2));
        it("fails", () => assert.equal(1 + 1, 3));
        it("throws", () => null.x);
        it.skip("is skipped", () => {});
      });
      """;

  @ParameterizedTest
  @CsvSource({"vitest,test/all.test.mjs", "jest,test/all.test.js", "mocha,test/all.test.js"})
  void theReportOfEachToolIsRead(String tool, String file, @TempDir Path directory)
      throws IOException {
    Path workspace = directory.resolve("workspace");
    String recorded =
        Files.readString(Path.of("src/test/resources/fixtures/npm", tool + ".json"))
            .replace("@WORKSPACE@", workspace.toString());
    Files.writeString(directory.resolve("npm.json"), recorded);
    RunPlace place =
        new RunPlace(workspace, directory, directory, directory, FindTools.onThisMachine());
    CommandResult exited =
        new CommandResult(CommandResult.Ending.EXITED, 1, "", 0, Duration.ofSeconds(1));
    Report report = new NpmRunner(tool, List.of(), Map.of()).report(place, exited);
    Map<String, TestStatus> found = statuses(report.results());
    found.remove("test/broken.test.js");
    found.remove("test/broken.test.mjs");
    assertThat(found)
        .isEqualTo(
            Map.of(
                file + "::outer passes", TestStatus.PASSED,
                file + "::outer fails by assertion", TestStatus.FAILED,
                file + "::outer fails by exception", TestStatus.ERROR,
                file + "::outer is skipped", TestStatus.SKIPPED,
                file + "::outer inner is nested", TestStatus.PASSED));
    // mocha reports nothing when a file does not load
    assertThat(report.notLoaded().size()).isEqualTo(tool.equals("mocha") ? 0 : 1);
  }

  private static Map<String, TestStatus> statuses(List<TestResult> results) {
    Map<String, TestStatus> found = new TreeMap<>();
    results.forEach(r -> found.put(r.id(), r.status()));
    return found;
  }

  @Test
  void dependenciesAreInstalledOnceBesideTheWorkspaceAndTestsRunWithoutNetwork(
      @TempDir Path directory) {
    FindTools plain = FindTools.onThisMachine();
    assumeTrue(plain.path("npm").isPresent(), "npm is not installed");
    try (PackageRegistry registry = new PackageRegistry(directory)) {
      FindTools tools = FindTools.in(Map.of("npm_config_registry", registry.url()));
      // the address of the registry makes the project, and so its place in the cache, a new one
      String project =
          PACKAGE.replace("\"1.0.0\"", "\"1.0.0\", \"homepage\": \"" + registry.url() + "\"");
      RunnerFixture fixture = project(project, TEST);
      PreparedRunner runner = fixture.bind(Options.NONE, tools);
      assertThat(runner.why()).contains("npm: the test script of package.json");

      TestRun before = fixture.run(runner, new TestSelection.All());
      assertThat(before.verdict()).isEqualTo(Verdict.COULD_NOT_RUN);
      TestRun prepared = prepare(runner, fixture);
      assertThat(prepared.verdict()).as(prepared.toString()).isEqualTo(Verdict.RAN);
      assertThat(prepare(runner, fixture).reason()).isEqualTo("nothing to resolve");
      assertThat(registry.downloads).hasValue(1);

      TestRun run = fixture.run(runner, new TestSelection.All());
      assertThat(run.verdict()).as(run.toString()).isEqualTo(Verdict.RAN);
      assertThat(statuses(run.results()))
          .isEqualTo(
              Map.of(
                  "test/sum.test.js::sum adds", TestStatus.PASSED,
                  "test/sum.test.js::sum fails", TestStatus.FAILED,
                  "test/sum.test.js::sum throws", TestStatus.ERROR,
                  "test/sum.test.js::sum is skipped", TestStatus.SKIPPED));
      assertThat(fixture.workspace().resolve("node_modules")).doesNotExist();

      fixture.write("test/new.test.js", "require('../missing'); it('is never run', () => {});");
      TestRun broken = fixture.run(runner, new TestSelection.Files(List.of("test/new.test.js")));
      assertThat(broken.verdict()).as(broken.toString()).isEqualTo(Verdict.COMPILE_FAILED);
      assertThat(broken.reason()).contains("Cannot find module '../missing'");

      fixture.write("test/new.test.js", "it('leaves', () => process.exit(0));");
      assertThat(fixture.run(runner, new TestSelection.All()).verdict()).isEqualTo(Verdict.CRASHED);
    }
  }

  /** As npm 11 refuses it: without the packages that other platforms would get. */
  @Test
  void aLockFileThatIsNotCompleteIsCompletedInWinnowsCopy(@TempDir Path directory)
      throws IOException {
    assumeTrue(FindTools.onThisMachine().path("npm").isPresent(), "npm is not installed");
    try (PackageRegistry registry = new PackageRegistry(directory)) {
      FindTools tools = FindTools.in(Map.of("npm_config_registry", registry.url()));
      RunnerFixture fixture =
          project(PACKAGE, TEST)
              .write(
                  "package-lock.json",
                  "{\"name\": \"p\", \"version\": \"1.0.0\", \"description\": \""
                      + registry.url()
                      + "\", \"lockfileVersion\": 3, \"packages\": {}}");
      PreparedRunner runner = fixture.bind(Options.NONE, tools);
      TestRun prepared = prepare(runner, fixture);
      assertThat(prepared.verdict()).as(prepared.toString()).isEqualTo(Verdict.RAN);
      assertThat(Files.readString(fixture.workspace().resolve("package-lock.json")))
          .contains("\"packages\": {}");
      assertThat(fixture.run(runner, new TestSelection.All()).results()).hasSize(4);
    }
  }

  @Test
  void aRegistryThatCannotBeReachedIsSaid() {
    assumeTrue(FindTools.onThisMachine().path("npm").isPresent(), "npm is not installed");
    FindTools tools = FindTools.in(Map.of("npm_config_registry", "http://127.0.0.1:1/"));
    RunnerFixture fixture =
        project(
            PACKAGE.replace("1.0.0", dev.winnow.Ids.next().toString().replaceAll(".*-", "1.0.0-x")),
            TEST);
    TestRun prepared = prepare(fixture.bind(Options.NONE, tools), fixture);
    assertThat(prepared.verdict()).isEqualTo(Verdict.COULD_NOT_RUN);
    assertThat(prepared.reason()).contains("dependencies of the base could not be resolved");
    assertThat(prepared.output()).contains("ECONNREFUSED");
  }

  private static RunnerFixture project(String description, String test) {
    return RunnerFixture.of("node")
        .write("package.json", description)
        .write("test/sum.test.js", test);
  }

  private static TestRun prepare(PreparedRunner runner, RunnerFixture fixture) {
    return runner.prepare(fixture.workspace(), RunnerFixture.WALL, Cancellation.never());
  }
}
