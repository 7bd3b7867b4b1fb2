package dev.winnow.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFileTest {

  @TempDir private Path directory;

  @Test
  void noLineIsLostOrTornByManyWritersWhileTheFileIsRotated() throws Exception {
    Path path = directory.resolve("below/spans.jsonl");
    List<Integer> writers = IntStream.range(0, 8).boxed().toList();
    List<Boolean> written =
        Fork.each(
            writers,
            Cancellation.never(),
            writer ->
                _ -> {
                  SharedFile file = new SharedFile(path, 4096); // as a process of its own has one
                  boolean all = true;
                  for (int i = 0; i < 10; i++) {
                    String line = "writer %d line %d %s\n".formatted(writer, i, "x".repeat(100));
                    all &= file.append(line.getBytes(StandardCharsets.UTF_8));
                  }
                  return all;
                });
    assertThat(written).containsOnly(true);
    List<String> lines = new ArrayList<>();
    for (Path one : List.of(path, old(path, 1), old(path, 2), old(path, 3), old(path, 4))) {
      if (Files.exists(one)) {
        assertThat(Files.size(one)).isLessThanOrEqualTo(4096);
        lines.addAll(Files.readAllLines(one));
      }
    }
    assertThat(lines)
        .hasSize(80)
        .doesNotHaveDuplicates()
        .allMatch(line -> line.matches("writer \\d line \\d x{100}"));
    assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
  }

  private static Path old(Path path, int n) {
    return path.resolveSibling("spans.jsonl." + n);
  }
}
