package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs git with input or output of any size, which is never held in memory. */
final class PumpGit {

  private static final int ERRORS = 64 * 1024;

  private PumpGit() {}

  /** Writes what the last of the commands prints; each reads what the one before it prints. */
  static void read(Git git, List<List<String>> commands, OutputStream out) throws IOException {
    List<Process> processes =
        ProcessBuilder.startPipeline(commands.stream().map(git::builder).toList());
    List<CompletableFuture<String>> errors = processes.stream().map(PumpGit::errors).toList();
    processes.getFirst().getOutputStream().close();
    try (Cancellation.Registration _ = git.endingWith(processes);
        InputStream printed = processes.getLast().getInputStream()) {
      printed.transferTo(out);
    } catch (IOException e) {
      processes.forEach(Process::destroyForcibly);
      throw e;
    }
    for (int i = 0; i < processes.size(); i++) {
      if (waitFor(processes.get(i)) != 0) {
        git.stop().check();
      }
      require(processes.get(i), errors.get(i), commands.get(i));
    }
  }

  /** Gives the command an input of any size. */
  static void write(Git git, List<String> command, InputStream in) throws IOException {
    Process process = git.builder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    CompletableFuture<String> errors = errors(process);
    try (OutputStream out = process.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // it ended without reading everything, and says why; or the input broke
      process.destroy();
      var _ = waitFor(process);
      throw new IOException(
          Git.failed(result(process, errors), command.getFirst()).getMessage(), e);
    }
    require(process, errors, command);
  }

  private static void require(
      Process process, CompletableFuture<String> errors, List<String> command) {
    if (waitFor(process) != 0) {
      throw Git.failed(result(process, errors), command.getFirst());
    }
  }

  private static Git.Result result(Process process, CompletableFuture<String> errors) {
    return new Git.Result(process.exitValue(), new byte[0], errors.join());
  }

  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw WinnowException.infrastructure("git was interrupted", e);
    }
  }

  private static CompletableFuture<String> errors(Process process) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try (InputStream in = process.getErrorStream()) {
        text.complete(new String(in.readNBytes(ERRORS), StandardCharsets.UTF_8));
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        text.complete("");
      }
    });
    return text;
  }
}
