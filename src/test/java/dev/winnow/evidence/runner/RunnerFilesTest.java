package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches that several runs share. */
class RunnerFilesTest {

  private static final Executor OTHER = task -> Thread.ofVirtual().start(task);

  @TempDir Path data;

  private CompletableFuture<String> another(
      RunnerFiles files, Duration patience, Cancellation cancellation) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (var lent =
              files.lendCaches(
                  List.of(files.caches().resolve("x")),
                  OptionalInt.empty(),
                  patience,
                  cancellation)) {
            return "got " + lent.directories().size();
          } catch (Cancellation.Cancelled | WinnowException | IOException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
          }
        },
        OTHER);
  }

  @Test
  void whoWaitsForACacheCanBeCancelledAndDoesNotWaitForEver() throws IOException {
    RunnerFiles files = RunnerFiles.in(data);
    Cancellation cancellation = new Cancellation();
    CompletableFuture<String> waiting;
    try (var _ =
        files.lendCaches(
            List.of(files.caches().resolve("x")),
            OptionalInt.empty(),
            Duration.ZERO,
            Cancellation.never())) {
      waiting = another(files, Duration.ofHours(1), cancellation);
      assertThat(another(files, Duration.ZERO, Cancellation.never()).join())
          .contains("another run still fills the cache x.lock");
      cancellation.cancel("stopped by the user");
      assertThat(waiting.join()).contains("Cancelled", "stopped by the user");
    }
    assertThat(another(files, Duration.ZERO, Cancellation.never()).join()).isEqualTo("got 1");
  }
}
