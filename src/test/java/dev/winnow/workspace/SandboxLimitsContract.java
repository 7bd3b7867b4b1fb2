package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.Counted;
import dev.winnow.workspace.CommandResult.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What every tier has to do about commands that do not stop by themselves. */
abstract class SandboxLimitsContract {

  static final Limits LIMITS = Limits.DEFAULT.withWall(Duration.ofSeconds(60));

  private static final String FAILURES = "winnow_sandbox_failures_total";

  /** A number that marks the processes of one test in the process list. */
  final String token =
      Integer.toString(ThreadLocalRandom.current().nextInt(10_000_000, 99_999_999));

  abstract Sandbox sandbox();

  abstract ChooseSandbox.Preference preference();

  final Path workspace = TestSandboxes.newWorkspace(sandbox());

  final CommandResult run(Limits limits, String... argv) {
    try (Counted metrics = new Counted()) {
      SandboxCommand command = SandboxCommand.of(workspace, limits, argv);
      CommandResult result = metrics.in(() -> sandbox().run(command, Cancellation.never()));
      assertThat(left()).as("processes left after %s", List.of(argv)).isEmpty();
      String ending = result.ending().name().toLowerCase(Locale.ROOT).replace('_', '-');
      int failures = result.ending() == Ending.EXITED ? 0 : 1;
      assertThat(metrics.value(FAILURES)).isEqualTo(failures);
      assertThat(metrics.value(FAILURES, "reason=\"" + ending + "\"")).isEqualTo(failures);
      return result;
    }
  }

  @Test
  void aCommandThatCannotBeStartedIsCounted() {
    SandboxCommand command = SandboxCommand.of(workspace.resolve("away"), LIMITS, "true");
    try (Counted metrics = new Counted()) {
      assertThatThrownBy(() -> metrics.in(() -> sandbox().run(command, Cancellation.never())))
          .isInstanceOf(WinnowException.class);
      assertThat(metrics.value(FAILURES, "reason=\"not-started\"")).isOne();
    }
  }

  final CommandResult sh(String script) {
    return run(LIMITS, "/bin/sh", "-c", script, "sh", token);
  }

  final List<Long> left() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(token))
        .map(ProcessHandle::pid)
        .toList();
  }

  @Test
  void wallClockEndsABusyLoop() {
    CommandResult result =
        run(
            LIMITS.withWall(Duration.ofMillis(400)),
            "sh",
            "-c",
            "for i in 1 2 3 4; do while :; do :; done & done; echo x; wait",
            token);
    assertThat(result.ending()).isEqualTo(Ending.TIMEOUT);
    assertThat(result.exitStatus()).isEqualTo(-1);
    assertThat(result.output()).isEqualTo("x\n");
  }

  @Test
  void silenceEndsACommandThatHangs() {
    CommandResult result =
        run(
            LIMITS.withSilence(Duration.ofMillis(300)),
            "sh",
            "-c",
            "trap '' TERM INT; echo x; sleep $0",
            token);
    assertThat(result.ending()).isEqualTo(Ending.SILENT);
  }

  @Test
  void floodOfOutputIsCutOff() {
    CommandResult result = sh("echo first; yes $1");
    assertThat(result.ending()).isEqualTo(Ending.TOO_MUCH_OUTPUT);
    assertThat(result.outputBytes()).isGreaterThan(LIMITS.outputKillBytes());
    assertThat(result.output().length()).isLessThan(LIMITS.outputKeptBytes() + 100);
    assertThat(result.output()).startsWith("first\n").contains("bytes left out");
  }

  @Test
  void forkBombEndsWithinItsLimits() {
    Limits limits =
        withMemoryAndProcesses(LIMITS.memoryBytes(), 100).withWall(Duration.ofSeconds(2));
    CommandResult result =
        run(
            limits,
            "/usr/bin/python3",
            "-c",
            "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
            token);
    assertThat(result.ending()).isEqualTo(Ending.TIMEOUT);
  }

  @Test
  void memoryHogIsToldFromAFailedTest() {
    Limits limits = withMemoryAndProcesses(200L << 20, 100);
    CommandResult result =
        run(
            limits,
            "/usr/bin/python3",
            "-c",
            "a=[bytearray(2**24) for _ in range(99)]; import time; time.sleep(30)",
            token);
    assertThat(result.ending()).isEqualTo(Ending.OUT_OF_MEMORY);
  }

  @Test
  void diskFillIsStoppedByTheBudget() {
    Limits limits = withWorkspace(10L << 20, 1000);
    CommandResult bytes =
        run(limits, "sh", "-c", "head -c 40000000 /dev/zero > x; sleep 30", token);
    assertThat(bytes.ending()).isEqualTo(Ending.TOO_MUCH_DISK);
    CommandResult files =
        run(
            limits,
            "/usr/bin/python3",
            "-c",
            "import os\nos.remove('x')\nfor i in range(2000): open(f'f{i}', 'w').close()\nimport time; time.sleep(30)",
            token);
    assertThat(files.ending()).isEqualTo(Ending.TOO_MUCH_DISK);
  }

  @Test
  void singleFileCannotBeLargerThanItsLimit() throws IOException {
    Limits limits =
        new Limits(
            LIMITS.wall(),
            LIMITS.silence(),
            100_000,
            1 << 20,
            1L << 30,
            100,
            1 << 20,
            1L << 30,
            1000);
    CommandResult result = run(limits, "sh", "-c", "dd if=/dev/zero of=x bs=64k count=100");
    assertThat(result.exitStatus()).as(result.output()).isNotZero();
    assertThat(workspace.resolve("x")).as(result.output()).hasSize(1 << 20);
  }

  @Test
  void cancellationKillsAtOnce() throws Exception {
    Cancellation cancellation = Cancellation.never();
    var killer =
        Thread.ofVirtual()
            .start(() -> {
              while (!Files.exists(workspace.resolve("started"))) {
                Thread.onSpinWait();
              }
              cancellation.cancel("enough");
            });
    CommandResult result =
        sandbox()
            .run(
                SandboxCommand.of(
                    workspace,
                    LIMITS,
                    "sh",
                    "-c",
                    "setsid sleep $0 & touch started; sleep $0",
                    token),
                cancellation);
    assertThat(result.ending()).isEqualTo(Ending.CANCELLED);
    assertThat(left()).isEmpty();
    killer.join();
    assertThat(
            sandbox()
                .run(SandboxCommand.of(workspace, LIMITS, "touch", "never"), cancellation)
                .ending())
        .isEqualTo(Ending.CANCELLED);
    assertThat(workspace.resolve("never")).doesNotExist();
  }

  @Test
  void nothingSurvivesWhenWinnowItselfIsKilled() throws Exception {
    Process winnow =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RunOneCommand.class.getName(),
                preference().name(),
                TestSandboxes.data().toString(),
                workspace.toString(),
                "(setsid env -i sleep $0 &) ; touch started; sleep $0",
                token)
            .inheritIO()
            .start();
    try {
      while (!Files.exists(workspace.resolve("started"))) {
        assertThat(winnow.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      winnow.destroyForcibly().waitFor();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!left().isEmpty() && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(left()).isEmpty();
    } finally {
      winnow.destroyForcibly();
    }
  }

  @Test
  void unreadableAndDeepTreesNeitherHangNorFailTheWatcher() {
    CommandResult result =
        sh(
            "mkdir -p a/b; echo x > 'a/new\nline'; chmod 000 a; i=0; while [ $i -lt 300 ]; do mkdir d && cd d; i=$((i+1)); done; sleep 1.2; echo done");
    assertThat(result.output()).isEqualTo("done\n");
    assertThat(workspace.toFile().exists()).isTrue();
  }

  private static Limits withMemoryAndProcesses(long memory, int processes) {
    return new Limits(
        LIMITS.wall(),
        LIMITS.silence(),
        LIMITS.outputKeptBytes(),
        LIMITS.outputKillBytes(),
        memory,
        processes,
        LIMITS.fileBytes(),
        LIMITS.workspaceBytes(),
        LIMITS.workspaceFiles());
  }

  private static Limits withWorkspace(long bytes, int files) {
    return new Limits(
        LIMITS.wall(),
        LIMITS.silence(),
        LIMITS.outputKeptBytes(),
        LIMITS.outputKillBytes(),
        LIMITS.memoryBytes(),
        LIMITS.processes(),
        LIMITS.fileBytes(),
        bytes,
        files);
  }
}
