package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SandboxSessionTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private Path root;

  @BeforeEach
  void directory() throws IOException {
    Path parent = Files.createTempDirectory(TestSandboxes.data(), "session-test-");
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
    root = parent.resolve("session");
  }

  private SandboxSession start() {
    return SandboxSession.start(
        TestSandboxes.chosen(),
        root,
        Map.of("GREETING", "hello"),
        List.of(),
        Optional.empty(),
        Limits.DEFAULT,
        Cancellation.never());
  }

  private static SandboxSession.Answer sh(SandboxSession session, String script, String... more) {
    List<String> argv = new java.util.ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    argv.addAll(List.of(more));
    return session.run(argv, LONG, Cancellation.never());
  }

  @Test
  void commandsFollowEachOtherInTheSameWalls() {
    try (SandboxSession session = start()) {
      assertThat(sh(session, "echo $GREETING; echo x > file; sleep 300 & exit 0"))
          .isEqualTo(new SandboxSession.Answer(0, "hello\n"));
      assertThat(sh(session, "cat file").output()).isEqualTo("x\n");
      // arguments arrive as they are, whatever is in them
      assertThat(sh(session, "printf '%s|' \"$@\"", "a b", "", "c\nd", "'\"$(id)`").output())
          .isEqualTo("a b||c\nd|'\"$(id)`|");
      assertThat(sh(session, "exit 3").status()).isPositive();
      assertThat(sh(session, "read line || echo nothing").output()).isEqualTo("nothing\n");
    }
    assertThat(root).doesNotExist();
  }

  @Test
  void theRequestsCannotBeChangedFromInside() {
    try (SandboxSession session = start()) {
      String requests = root.resolve("requests").toString();

      assertThat(sh(session, "echo x > " + requests + "/pipe; rm " + requests + "/pipe").output())
          .isNotEmpty();
      assertThat(sh(session, "echo still there").output()).isEqualTo("still there\n");
    }
  }

  @Test
  void outputOfAnySizeIsCutAndItsEndIsFound() {
    try (SandboxSession session = start()) {
      SandboxSession.Answer large = sh(session, "head -c 6000000 /dev/zero | tr '\\0' x; echo end");

      assertThat(large.status()).isZero();
      assertThat(large.output()).hasSizeLessThan(5_000_000);
      // marks of others end nothing
      assertThat(sh(session, "printf '\\036mark 1 0\\036'; echo after").output()).contains("after");
    }
  }

  @Test
  void aCommandThatTakesTooLongEndsTheSession() {
    try (SandboxSession session = start()) {
      SandboxSession.Answer answer =
          session.run(
              List.of("sleep", "300"), Duration.ofMillis(300), Cancellation.never());

      assertThat(answer.ended()).isFalse();
      assertThat(session.alive()).isFalse();
      assertThat(sh(session, "echo more").ended()).isFalse();
    }
    assertThat(root).doesNotExist();
  }

  @Test
  void aCancellationEndsTheSession() {
    Cancellation cancelled = new Cancellation();
    cancelled.cancel("enough");
    try (SandboxSession session = start()) {
      assertThatThrownBy(() -> session.run(List.of("sleep", "300"), LONG, cancelled))
          .isInstanceOf(Cancellation.Cancelled.class);
      assertThat(session.alive()).isFalse();
    }
  }
}
