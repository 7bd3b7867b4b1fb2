package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Several commands, one after the other, in the same walls: what one leaves running (a daemon, a
 * browser) is there for the next, and all of it ends with the session, however that ends. It has a
 * writable directory of its own and nothing of a candidate's.
 */
public final class SandboxSession implements AutoCloseable {

  /**
   * How one command ended.
   *
   * @param status -1 when it was not the command that ended but its time, or the session
   * @param output stdout and stderr together
   */
  public record Answer(int status, String output) {
    public boolean ended() {
      return status >= 0;
    }
  }

  private static final int MAX_OUTPUT = 4 << 20;
  private static final Duration START = Duration.ofSeconds(20);

  /**
   * Arguments: Winnow's directory, mark. Reading the pipe ends when Winnow is gone. A record
   * separator in front of the mark cannot be in the JSON that programs print.
   */
  private static final String LOOP =
      """
      exec 3<"$1/pipe" || exit 125
      printf '\\036%s ready 0\\036' "$2"
      while read -r number <&3; do
        xargs -0 -a "$1/$number" sh -c 'exec "$@" </dev/null 3<&-' run
        printf '\\036%s %s %s\\036' "$2" "$number" "$?"
      done
      """;

  private final Path root;
  private final String mark = UUID.randomUUID().toString();
  private final Cancellation stop = new Cancellation();
  private final CompletableFuture<CommandResult> over = new CompletableFuture<>();
  private final CompletableFuture<Answer> ready = new CompletableFuture<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private CompletableFuture<Answer> waiting = ready;
  private @Nullable FileChannel pipe;
  private boolean started;
  private int number;

  private SandboxSession(Path root) {
    this.root = root;
  }

  /**
   * Starts a session; its first command can follow at once.
   *
   * @param root does not exist yet; its parent is a directory of Winnow's. Deleted at the end
   * @param door the only way out
   * @throws WinnowException of category SANDBOX when it cannot be started
   */
  public static SandboxSession start(
      Sandbox sandbox,
      Path root,
      Map<String, String> environment,
      List<Path> readOnly,
      Optional<Door> door,
      Limits limits,
      Cancellation cancellation) {
    SandboxSession session = new SandboxSession(root);
    try {
      Path own = Files.createDirectories(root.resolve("requests"));
      Path place = Files.createDirectory(root.resolve("place"));
      for (Path path : List.of(root, own)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
      }
      OptionalInt owner = sandbox.owner(place);
      if (owner.isPresent()) {
        Ownership.give(place, owner.getAsInt());
      }
      session.makePipe(own.resolve("pipe"));
      List<Path> visible = new ArrayList<>(readOnly);
      visible.add(own);
      SandboxCommand command =
          new SandboxCommand(
              List.of("/bin/sh", "-c", LOOP, "session", own.toString(), session.mark),
              place,
              "",
              environment,
              visible,
              List.of(),
              false,
              door,
              limits);
      session.started = true;
      Thread.ofVirtual().name("session").start(() -> session.live(sandbox, command));
      session.open(own.resolve("pipe"), cancellation);
      return session;
    } catch (IOException e) {
      session.close();
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "a session cannot be started: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void makePipe(Path path) throws IOException {
    try {
      Process process =
          new ProcessBuilder(StartProcess.tool("mkfifo"), "-m", "644", path.toString()).start();
      if (process.waitFor() != 0) {
        throw new IOException("mkfifo failed");
      }
      // the mode that was asked for, whatever the umask is
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }

  private void live(Sandbox sandbox, SandboxCommand command) {
    try {
      over.complete(sandbox.run(command, this::listen, stop));
    } catch (RuntimeException e) {
      over.completeExceptionally(e);
    } finally {
      synchronized (this) {
        waiting.complete(new Answer(-1, text()));
      }
    }
  }

  /** Read and write: opening only to write would wait for a reader that may never come. */
  private void open(Path path, Cancellation cancellation) throws IOException {
    pipe = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Answer answer = await(ready, START, cancellation);
    if (!answer.ended()) {
      throw new IOException(
          answer.output().isBlank() ? "it did not come up" : PlainText.of(answer.output()));
    }
  }

  private synchronized void listen(byte[] bytes, int length) {
    if (output.size() < MAX_OUTPUT + 1024) {
      output.write(bytes, 0, length);
    } else {
      // only the end is still of interest: it holds the mark
      byte[] kept = output.toByteArray();
      output.reset();
      output.write(kept, 0, MAX_OUTPUT);
      output.write(bytes, 0, length);
    }
    if (!holdsSeparator(bytes, length)) {
      return;
    }
    String text = text();
    int at = text.indexOf('\036' + mark + ' ');
    int end = at < 0 ? -1 : text.indexOf('\036', at + 1);
    if (end < 0) {
      return;
    }
    String[] words = text.substring(at, end).split(" ", -1);
    output.reset();
    waiting.complete(new Answer(Integer.parseInt(words[2]), text.substring(0, at)));
  }

  private static boolean holdsSeparator(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\036') {
        return true;
      }
    }
    return false;
  }

  private synchronized String text() {
    return output.toString(StandardCharsets.UTF_8);
  }

  /** Whether commands can still be run. */
  public boolean alive() {
    return !over.isDone() && !stop.isCancelled();
  }

  /**
   * Runs one command in the session. When its time is over, the whole session ends, since nobody
   * knows what the command still does; so it does when the work is cancelled.
   *
   * @throws Cancellation.Cancelled when the work was cancelled
   */
  public Answer run(List<String> argv, Duration limit, Cancellation cancellation) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    synchronized (this) {
      if (!alive() || pipe == null) {
        return new Answer(-1, "");
      }
      waiting = answer;
      output.reset();
    }
    number++;
    try {
      Path request = root.resolve("requests").resolve(Integer.toString(number));
      Files.writeString(request, String.join("\0", argv) + "\0");
      Files.setPosixFilePermissions(request, PosixFilePermissions.fromString("rw-r--r--"));
      pipe.write(ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.US_ASCII)));
      return await(answer, limit, cancellation);
    } catch (IOException e) {
      close();
      return new Answer(-1, "");
    }
  }

  private Answer await(
      CompletableFuture<Answer> answer, Duration limit, Cancellation cancellation) {
    try (var _ = cancellation.onCancel(() -> answer.complete(new Answer(-1, "")))) {
      Answer given = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (cancellation.isCancelled()) {
        close();
        cancellation.check();
      }
      return given;
    } catch (TimeoutException e) {
      close();
      return new Answer(-1, text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new Cancellation.Cancelled("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends everything that was started in the session, and deletes its directory. */
  @Override
  public void close() {
    stop.cancel("the session is closed");
    try {
      if (pipe != null) {
        pipe.close();
      }
      if (started) {
        var _ = over.handle((_, _) -> "ended").join();
      }
      PrivateDirectory.delete(root);
    } catch (IOException e) {
      // the directory goes away with the run
    }
  }
}
