package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.DetectRunner.Options;
import dev.winnow.evidence.runner.TestRun.Verdict;
import dev.winnow.workspace.TestSandboxes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Go and Cargo fill Winnow's caches in the preparation, and test from them without network. */
class DownloadedDependenciesTest {

  @Test
  void goModulesComeFromTheUsersProxyInThePreparationOnly() throws Exception {
    assumeTrue(FindTools.onThisMachine().path("go").isPresent(), "go is not installed");
    Path proxy = Files.createTempDirectory(TestSandboxes.data(), "goproxy-");
    Files.setPosixFilePermissions(proxy, PosixFilePermissions.fromString("rwxr-xr-x"));
    String sums = ServedPackages.goProxy(proxy);
    FindTools tools = FindTools.in(Map.of("GOPROXY", "file://" + proxy + ",off", "GOSUMDB", "off"));
    RunnerFixture fixture =
        RunnerFixture.of("go")
            .write(
                "go.mod", "module example.com/user\n\ngo 1.19\n\nrequire example.com/dep v1.0.0\n")
            .write("go.sum", sums)
            .write(
                "user_test.go",
                """
                package user

                import (
                	"testing"

                	"example.com/dep"
                )

                func TestTwice(t *testing.T) {
                	if dep.Twice(2) != 4 {
                		t.Fatal("wrong")
                	}
                }
                """);
    assertThat(fixture.run(fixture.bind(Options.NONE, tools), new TestSelection.All()).results())
        .isEmpty();
    downloadsAndTests(fixture, tools, "example.com/user::TestTwice");
  }

  @Test
  void cratesOfALocalRegistryAreUnpackedAndUsed() throws Exception {
    assumeTrue(FindTools.onThisMachine().path("cargo").isPresent(), "cargo is not installed");
    RunnerFixture fixture = RunnerFixture.of("cargo");
    String checksum = ServedPackages.crates(fixture.workspace().resolve("registry"));
    fixture
        .write(
            ".cargo/config.toml",
            """
            [source.crates-io]
            replace-with = "test"
            [source.test]
            local-registry = "registry"
            """)
        .write(
            "Cargo.toml",
            """
            [package]
            name = "user"
            version = "0.1.0"
            edition = "2021"

            [dependencies]
            dep = "1"
            """)
        .write(
            "Cargo.lock",
            """
            version = 3

            [[package]]
            name = "dep"
            version = "1.0.0"
            source = "registry+https://github.com/rust-lang/crates.io-index"
            checksum = "%s"

            [[package]]
            name = "user"
            version = "0.1.0"
            dependencies = [
             "dep",
            ]
            """
                .formatted(checksum))
        .write("src/lib.rs", "")
        .write("tests/uses.rs", "#[test]\nfn twice() { assert_eq!(dep::twice(2), 4); }\n");
    downloadsAndTests(fixture, FindTools.onThisMachine(), "tests/uses.rs::twice");
  }

  private static void downloadsAndTests(RunnerFixture fixture, FindTools tools, String test) {
    PreparedRunner runner = fixture.bind(Options.NONE, tools);
    TestRun prepared =
        runner.prepare(fixture.workspace(), RunnerFixture.WALL, Cancellation.never());
    assertThat(prepared.verdict()).as(prepared.toString()).isEqualTo(Verdict.RAN);
    TestRun run = fixture.run(runner, new TestSelection.All());
    assertThat(run.verdict()).as(run.toString()).isEqualTo(Verdict.RAN);
    assertThat(run.results())
        .singleElement()
        .satisfies(result -> {
          assertThat(result.id()).isEqualTo(test);
          assertThat(result.status()).isEqualTo(TestStatus.PASSED);
        });
  }
}
