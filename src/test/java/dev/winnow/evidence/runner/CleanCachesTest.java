package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches go by age, and then by size, the one that was not used for longest first. */
class CleanCachesTest {

  @TempDir private Path data;

  private Path cache(String name, int megabytes, int daysAgo) throws IOException {
    Path cache = Files.createDirectories(data.resolve("cache").resolve(name));
    Files.write(cache.resolve("jar"), new byte[megabytes << 20]);
    Path lock = Files.createFile(data.resolve("cache").resolve(name + ".lock"));
    Files.setLastModifiedTime(
        lock, FileTime.from(Instant.now().minus(Duration.ofDays(daysAgo)).minusSeconds(60)));
    return cache;
  }

  @Test
  void beyondTheSizeTheOldestGo() throws IOException {
    Path oldest = cache("oldest", 3, 3);
    Path older = cache("older", 3, 2);
    Path newest = cache("newest", 3, 1);
    Duration month = Duration.ofDays(30);
    assertThat(CleanCaches.clean(data, month, 10 << 20, false)).isEmpty();
    assertThat(CleanCaches.clean(data, month, 4 << 20, true)).containsExactly(oldest, older);
    assertThat(oldest).as("a dry run deletes nothing").exists();
    assertThat(CleanCaches.clean(data, month, 7 << 20, false)).containsExactly(oldest);
    assertThat(oldest).doesNotExist();
    assertThat(older).exists();
    assertThat(CleanCaches.clean(data, Duration.ofHours(36), 7 << 20, false))
        .containsExactly(older);
    assertThat(newest).exists();
  }
}
