package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import dev.winnow.workspace.CommandResult.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts one command and watches it to its end; every tier uses it. The started process is a gate:
 * it waits for a line on its standard input before it becomes the command, so that it is in its
 * control group by then.
 */
final class RunWatched {

  /** How a tier starts the gate. Runs on a platform thread that lives as long as the process. */
  interface Starter {
    Process start() throws IOException;
  }

  private static final long TICK_MILLIS = 50;

  private final SandboxCommand command;
  private final Limits limits;
  private final Marker marker;
  private final boolean walls;
  private final OutputListener listener;
  private final KeepOutput output;
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private final long start = System.nanoTime();
  private volatile long lastOutput = start;

  /**
   * @param walls whether the sandbox keeps processes from leaving their control group
   */
  RunWatched(SandboxCommand command, Marker marker, boolean walls, OutputListener listener) {
    this.walls = walls;
    this.listener = listener;
    this.command = command;
    this.limits = command.limits();
    this.marker = marker;
    this.output = new KeepOutput(limits.outputKeptBytes());
  }

  CommandResult run(Starter starter, Cancellation cancellation) {
    return Span.of("command")
        .set("process.executable.name", program())
        .call(span -> {
          CommandResult result = counted(starter, cancellation);
          span.set("winnow.command.ending", label(result.ending()))
              .set("process.exit.code", result.exitStatus())
              .set("winnow.command.output_bytes", result.outputBytes());
          switch (result.ending()) {
            case EXITED, CANCELLED -> {
              // as the command, or whoever started it, wanted
            }
            case TIMEOUT, SILENT, TOO_MUCH_OUTPUT, TOO_MUCH_DISK, OUT_OF_MEMORY -> {
              Metrics.current().sandboxFailed(label(result.ending()));
              span.failed(label(result.ending()), "the sandbox ended the command");
            }
          }
          return result;
        });
  }

  private CommandResult counted(Starter starter, Cancellation cancellation) {
    try {
      return watched(starter, cancellation);
    } catch (WinnowException e) {
      Metrics.current().sandboxFailed("not-started");
      throw e;
    }
  }

  /** Its name alone: arguments can be anything. */
  private String program() {
    String program = command.argv().getFirst();
    return program.substring(program.lastIndexOf('/') + 1);
  }

  private static String label(Ending ending) {
    return ending.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private CommandResult watched(Starter starter, Cancellation cancellation) {
    if (cancellation.isCancelled()) {
      return result(Ending.CANCELLED, -1);
    }
    if (!Files.isDirectory(command.workspace())) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "no such workspace: " + command.workspace());
    }
    MakeReadable.openAgain(command.workspace());
    try (ControlGroup group = ControlGroup.create(limits);
        var _ = cancellation.onCancel(() -> ending.complete(Ending.CANCELLED))) {
      Process process = launch(starter, group);
      Thread reader =
          Thread.ofPlatform().daemon().name("command-output").start(() -> read(process));
      Ending how;
      try {
        how = watch(group);
      } finally {
        kill(process, reader, group);
      }
      if (how == Ending.EXITED && group.outOfMemory()) {
        how = Ending.OUT_OF_MEMORY;
      }
      return result(how, how == Ending.EXITED ? process.exitValue() : -1);
    }
  }

  private CommandResult result(Ending how, int exitStatus) {
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    return new CommandResult(how, exitStatus, output.text(), output.total(), wall);
  }

  // "die with the parent" means the thread that started the process, so that thread waits for it
  private Process launch(Starter starter, ControlGroup group) {
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("command")
        .start(() -> {
          try {
            Process process = starter.start();
            group.enter(process.pid());
            openGate(process);
            started.complete(process);
            process.waitFor();
            ending.complete(Ending.EXITED);
          } catch (Throwable e) {
            started.completeExceptionally(e);
            ending.complete(Ending.CANCELLED);
          }
        });
    try {
      return started.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ending.complete(Ending.CANCELLED);
      return started.join(); // it takes milliseconds, and afterwards there is something to kill
    } catch (ExecutionException e) {
      marker.killAll();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof WinnowException known
          ? known
          : new WinnowException(
              WinnowException.Category.SANDBOX,
              "a command cannot be started: " + cause.getMessage(),
              cause);
    }
  }

  private static void openGate(Process process) {
    try (OutputStream gate = process.getOutputStream()) {
      gate.write('\n');
    } catch (IOException e) {
      // it ended already: its output says why
    }
  }

  private void read(Process process) {
    byte[] buffer = new byte[16 * 1024];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        lastOutput = System.nanoTime();
        if (output.add(buffer, n) > limits.outputKillBytes()) {
          ending.complete(Ending.TOO_MUCH_OUTPUT);
        }
        listener.output(buffer, n);
      }
    } catch (IOException e) {
      // closed because it was killed
    }
  }

  private Ending watch(ControlGroup group) {
    MeasureDisk disk = new MeasureDisk(command.workspace(), limits);
    for (long tick = 0; ; tick++) {
      try {
        Ending how = ending.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
        return how == Ending.EXITED && disk.exceededAtEnd() ? Ending.TOO_MUCH_DISK : how;
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        if (now - start > limits.wall().toNanos()) {
          ending.complete(Ending.TIMEOUT);
        } else if (now - lastOutput > limits.silence().toNanos()) {
          ending.complete(Ending.SILENT);
        } else if (outOfMemory(group, tick)) {
          ending.complete(Ending.OUT_OF_MEMORY);
        } else if (disk.exceededNow()) {
          ending.complete(Ending.TOO_MUCH_DISK);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Ending.CANCELLED;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean outOfMemory(ControlGroup group, long tick) {
    return group.limitsMemory()
        ? group.outOfMemory()
        : tick % 10 == 9 && marker.memoryBytes() > limits.memoryBytes();
  }

  private void kill(Process process, Thread reader, ControlGroup group) {
    if (process.isAlive()) {
      // not process.destroyForcibly(): it closes the stream and what was not read yet is lost
      ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    // without walls, a process of root can leave its group
    if (!group.killAll() || !walls) {
      marker.killAll();
    }
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor();
      reader.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
