package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the git program on behalf of Winnow: with an empty environment, explicit directories and a
 * configuration that nobody else can change. It never starts in, and never searches, a directory
 * that a candidate can write.
 *
 * @param gitDirectory passed as {@code --git-dir}; null only for commands without a repository
 * @param workTree passed as {@code --work-tree}
 * @param index a private index file
 * @param prefix argv in front of git, to give up rights
 * @param extra further environment
 * @param stop ends the commands that run, which clean up after themselves
 */
record Git(
    @Nullable Path gitDirectory,
    @Nullable Path workTree,
    @Nullable Path index,
    List<String> prefix,
    Map<String, String> extra,
    Cancellation stop) {

  /** More output than this is a failure unless the caller set a limit of its own. */
  private static final int MAX_OUTPUT = 256 << 20;

  /** The signal SIGPIPE. */
  private static final int BROKEN_PIPE = 13;

  /** The signal SIGXFSZ. */
  private static final int FILE_TOO_LARGE = 25;

  private static final Duration LIMIT = Duration.ofMinutes(15);

  private static final List<String> SAFE =
      settings(
          "core.fsmonitor=false",
          "core.hooksPath=/dev/null",
          "core.attributesFile=/dev/null",
          "core.untrackedCache=false",
          "core.protectHFS=true",
          "core.protectNTFS=true",
          "core.safecrlf=false",
          "core.quotePath=false",
          "protocol.allow=never",
          "submodule.recurse=false",
          "diff.ignoreSubmodules=all",
          "commit.gpgSign=false",
          "gc.auto=0",
          "maintenance.auto=false",
          "transfer.fsckObjects=true",
          "pack.packSizeLimit=0",
          // the user named the repository; who owns it is checked by running as its owner
          "safe.directory=*");

  /** How a git command ended. Never compared, so the array does no harm. */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(int status, byte[] output, String errors) {
    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }

    boolean brokenPipe() {
      return status == 128 + BROKEN_PIPE || errors.contains("Broken pipe");
    }

    /** Whether it could not write: the disk or a quota is full, or files may not be that large. */
    boolean noSpace() {
      return status == 128 + FILE_TOO_LARGE
          || errors.contains("No space left")
          || errors.contains("quota exceeded")
          || errors.contains("File too large")
          || errors.contains("unable to write");
    }

    /** The first line that tells what went wrong, fit for a message. */
    String reason() {
      String line =
          errors
              .lines()
              .filter(l -> l.startsWith("fatal:") || l.startsWith("error:"))
              .findFirst()
              .orElseGet(() -> errors.lines().findFirst().orElse("exit status " + status));
      String plain = line.replaceFirst("^(fatal|error): ", "").replaceAll("\\p{Cntrl}", "?");
      return plain.length() > 300 ? plain.substring(0, 300) + "..." : plain;
    }
  }

  /** Git without a repository. */
  static Git plain() {
    return new Git(null, null, null, List.of(), Map.of(), Cancellation.never());
  }

  Git at(Path directory) {
    return new Git(directory, workTree, index, prefix, extra, stop);
  }

  Git withWorkTree(Path directory) {
    return new Git(gitDirectory, directory, index, prefix, extra, stop);
  }

  Git withIndex(Path file) {
    return new Git(gitDirectory, workTree, file, prefix, extra, stop);
  }

  Git as(List<String> argv) {
    return new Git(gitDirectory, workTree, index, argv, extra, stop);
  }

  Git with(String name, String value) {
    return withAll(Map.of(name, value));
  }

  Git withAll(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(extra);
    all.putAll(more);
    return new Git(gitDirectory, workTree, index, prefix, Map.copyOf(all), stop);
  }

  /** The same, stopped with the work that it is part of. */
  Git until(Cancellation cancellation) {
    return new Git(gitDirectory, workTree, index, prefix, extra, cancellation);
  }

  static List<String> settings(String... assignments) {
    return Arrays.stream(assignments).flatMap(a -> List.of("-c", a).stream()).toList();
  }

  /** Runs a command that must succeed and returns what it printed, without the last newline. */
  String text(String... args) {
    return require(new byte[0], args).text().strip();
  }

  /** Runs a command that must succeed. */
  Result require(byte[] input, String... args) {
    Result result = run(input, MAX_OUTPUT, args);
    if (result.output().length > MAX_OUTPUT) {
      throw WinnowException.infrastructure(
          "git " + args[0] + " was stopped: it printed more than 256 MiB", null);
    }
    if (result.status() != 0) {
      throw failed(result, args);
    }
    return result;
  }

  Result run(String... args) {
    return run(new byte[0], MAX_OUTPUT, args);
  }

  /**
   * Runs a command, whatever its exit status.
   *
   * @param maxOutput the command is stopped when it wrote more; the output is then cut at maxOutput
   *     + 1 bytes
   */
  Result run(byte[] input, int maxOutput, String... args) {
    return collect(start(List.of(builder(List.of(args)))), input, maxOutput, args);
  }

  /** Feeds the output of this command into another git, and returns how the other one ended. */
  Result pipe(byte[] input, List<String> args, Git to, String... toArgs) {
    List<Process> processes = start(List.of(builder(args), to.builder(List.of(toArgs))));
    Process first = processes.getFirst();
    CompletableFuture<String> errors = background(() -> errors(first));
    Result result = collect(processes, input, MAX_OUTPUT, toArgs);
    int status = waitFor(first);
    Result writer = new Result(status, new byte[0], errors.join());
    boolean readerEndedFirst = result.status() != 0 && writer.brokenPipe();
    if (status != 0 && !readerEndedFirst) {
      // the reader only saw its input end; the writer knows why
      throw failed(writer, args.toArray(String[]::new));
    }
    return result;
  }

  ProcessBuilder builder(List<String> args) {
    List<String> argv = new ArrayList<>(Programs.awayFromTheTerminal());
    argv.addAll(prefix);
    argv.add(Programs.git().toString());
    argv.addAll(SAFE);
    if (gitDirectory != null) {
      argv.add("--git-dir=" + gitDirectory);
    }
    if (workTree != null) {
      argv.add("--work-tree=" + workTree);
    }
    argv.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.directory(Path.of("/").toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("LC_ALL", "C");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_NO_LAZY_FETCH", "1");
    environment.put("GIT_LITERAL_PATHSPECS", "1");
    // no transport at all: objects only travel through pipes; wins over any repository's config
    environment.put("GIT_ALLOW_PROTOCOL", "none");
    environment.putAll(extra);
    if (index != null) {
      environment.put("GIT_INDEX_FILE", index.toString());
    }
    return builder;
  }

  private static List<Process> start(List<ProcessBuilder> builders) {
    try {
      return ProcessBuilder.startPipeline(builders);
    } catch (IOException e) {
      throw WinnowException.infrastructure("git could not be started: " + e.getMessage(), e);
    }
  }

  private Result collect(List<Process> processes, byte[] input, int maxOutput, String[] args) {
    Process last = processes.getLast();
    CompletableFuture<Boolean> inTime =
        background(() -> last.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS) || kill(processes));
    var _ = background(() -> feed(processes.getFirst(), input));
    CompletableFuture<String> errors = background(() -> errors(last));
    byte[] output;
    try (Cancellation.Registration _ = endingWith(processes);
        InputStream stream = last.getInputStream()) {
      output = stream.readNBytes(maxOutput == Integer.MAX_VALUE ? maxOutput : maxOutput + 1);
      if (output.length > maxOutput) {
        kill(processes);
      }
    } catch (IOException e) {
      kill(processes);
      stop.check();
      throw WinnowException.infrastructure("git " + args[0] + ": " + e.getMessage(), e);
    }
    int status = waitFor(last);
    if (status != 0) {
      stop.check(); // what breaks after the stop broke because of it
    }
    if (!inTime.join()) {
      throw WinnowException.infrastructure(
          "git " + args[0] + " was stopped after " + LIMIT.toMinutes() + " minutes", null);
    }
    return new Result(status, output, errors.join());
  }

  /** Ends them when the work is to stop, but lets them remove their lock files. */
  Cancellation.Registration endingWith(List<Process> processes) {
    return stop.onCancel(() -> processes.forEach(Process::destroy));
  }

  private static boolean kill(List<Process> processes) {
    processes.forEach(Process::destroyForcibly);
    return false;
  }

  private static int waitFor(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          // git commands are short; stopping one half-way would leave lock files
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean feed(Process process, byte[] input) {
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input);
      return true;
    } catch (IOException e) {
      // it ended without reading everything; its exit status says why
      return false;
    }
  }

  private static String errors(Process process) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    try (InputStream stream = process.getErrorStream()) {
      byte[] buffer = new byte[8192];
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        if (kept.size() < 1 << 20) {
          kept.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // one that is killed, as when it printed enough, has its streams closed under the reader
    }
    return kept.toString(StandardCharsets.UTF_8);
  }

  private static <T> CompletableFuture<T> background(java.util.concurrent.Callable<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        future.complete(work.call());
      } catch (IOException e) {
        future.completeExceptionally(new UncheckedIOException(e));
      } catch (Exception e) {
        future.completeExceptionally(e);
      }
    });
    return future;
  }

  static WinnowException failed(Result result, String... args) {
    return WinnowException.infrastructure(
        result.noSpace()
            ? "git %s could not write into Winnow's data directory (%s): free space there, or name another one with WINNOW_DATA_DIR"
                .formatted(args[0], result.reason())
            : "git " + args[0] + ": " + result.reason(),
        new Failure(result));
  }

  /** Why an error was thrown, for callers that know whose objects git could not read. */
  static final class Failure extends RuntimeException {
    private final boolean noSpace;

    private Failure(Result result) {
      super(result.reason(), null, false, false);
      noSpace = result.noSpace();
    }

    boolean noSpace() {
      return noSpace;
    }
  }
}
