package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What all tiers share in starting a command: limits, user id, an empty environment. */
final class StartProcess {

  private static final int OPEN_FILES = 4096;

  private StartProcess() {}

  /** The path of a program that every Linux has. */
  static String tool(String name) {
    return FindTool.absolute(name)
        .map(Path::toString)
        .orElseThrow(() ->
            new WinnowException(
                WinnowException.Category.SANDBOX,
                "the sandbox needs the program '" + name + "' of util-linux; install it"));
  }

  /**
   * Programs before the command that set its limits and, for root, another user id.
   *
   * @param more further options of {@code prlimit}
   */
  static List<String> limited(Limits limits, OptionalInt uid, String... more) {
    // the kernel counts per user: without a user id of their own commands share Winnow's count
    long processes = limits.processes() + (uid.isPresent() ? 0 : ownThreads());
    List<String> argv = new ArrayList<>();
    argv.add(tool("prlimit"));
    argv.add("--nproc=" + processes);
    argv.add("--nofile=" + OPEN_FILES);
    argv.add("--fsize=" + limits.fileBytes());
    argv.add("--core=0");
    argv.addAll(List.of(more));
    argv.add("--");
    if (uid.isPresent()) {
      String id = Integer.toString(uid.getAsInt());
      argv.add(tool("setpriv"));
      argv.addAll(List.of("--reuid=" + id, "--regid=" + id, "--clear-groups", "--"));
    }
    return argv;
  }

  private static long ownThreads() {
    long threads = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      for (Path process : processes) {
        threads += countThreads(process, own);
      }
    } catch (IOException e) {
      return 0; // no /proc, no such limit
    }
    return threads;
  }

  private static long countThreads(Path process, int owner) {
    try {
      if (!Integer.valueOf(owner).equals(Files.getAttribute(process, "unix:uid"))) {
        return 0;
      }
      // a directory for each thread, and each of them links back
      return (Integer) Files.getAttribute(process.resolve("task"), "unix:nlink") - 2L;
    } catch (IOException e) {
      return 0; // it ended meanwhile
    }
  }

  /**
   * Starts with stdout and stderr in one stream; the environment is cleared before the first exec.
   */
  static Process withEmptyEnvironment(List<String> argv, Path directory) throws IOException {
    List<String> all = new ArrayList<>(Programs.awayFromTheTerminal());
    all.addAll(argv);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().clear();
    builder.directory(new File(directory.toString()));
    builder.redirectErrorStream(true);
    return builder.start();
  }
}
