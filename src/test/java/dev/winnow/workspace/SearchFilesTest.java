package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.winnow.Cancellation;
import dev.winnow.workspace.SearchFiles.Query;
import dev.winnow.workspace.WorkspaceDirectory.Home;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SearchFilesTest {

  @TempDir private Path temp;

  private SearchFiles search(List<String> listed) {
    return new SearchFiles(
        new Home(temp, temp.resolveSibling("staging"), OptionalInt.empty()), () -> listed);
  }

  @Test
  void manyFilesAreSearchedQuickly() throws Exception {
    List<String> listed = new ArrayList<>();
    String text = "public final class Something {\n  private int value;\n}\n".repeat(40);
    for (int d = 0; d < 100; d++) {
      Path directory = Files.createDirectories(temp.resolve("module" + d % 20 + "/package" + d));
      for (int f = 0; f < 40; f++) {
        String name = "File" + f + ".java";
        Files.writeString(directory.resolve(name), f == 7 ? text + "needle_" + d : text);
        listed.add("module" + d % 20 + "/package" + d + "/" + name);
      }
    }
    long before = processorNanos();

    SearchFiles.Result found =
        search(listed).search(new Query("needle_\\d+$", "", false, 0, 30), Cancellation.never());

    assertThat(found.matches()).isEqualTo(100);
    assertThat(found.lines()).hasSize(30);
    assertThat(found.files()).isEqualTo(100);
    assertThat(found.complete()).isTrue();
    // processor time of the process, since the wall clock says nothing on a busy machine
    assertThat(processorNanos() - before).isLessThan(15_000_000_000L);
  }

  private static long processorNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getProcessCpuTime()
        : 0;
  }

  @Test
  void theMiddleOfALongLineIsShownAroundTheMatch() throws Exception {
    Files.writeString(temp.resolve("min.js"), "a".repeat(5000) + "needle" + "b".repeat(5000));

    SearchFiles.Result found =
        search(List.of("min.js"))
            .search(new Query("needle", "", false, 0, 10), Cancellation.never());

    assertThat(found.lines().getFirst().text()).contains("aneedleb").hasSizeLessThan(310);
  }

  @Test
  void matchesCloseTogetherShareTheirContext() throws Exception {
    Files.writeString(temp.resolve("f"), "1\n2 x\n3\n4 x\n5\n6\n7 x\n");

    SearchFiles.Result found =
        search(List.of("f")).search(new Query("x", "", false, 1, 10), Cancellation.never());

    assertThat(found.lines())
        .extracting(SearchFiles.Line::line)
        .containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(found.lines().stream().filter(SearchFiles.Line::match).map(SearchFiles.Line::line))
        .containsExactly(2, 4, 7);
  }

  @ParameterizedTest
  @CsvSource({
    "needle, needle",
    "'^  private (int|long) x;', ''",
    "'^  private \\w+ value', '  private '",
    "'foo\\.bar\\(', foo.bar(",
    "'ab?cd', cd",
    "'abc*', ab",
    "'abc+d', abc",
    "'(abc)?def', def",
    "'[abc]def[^]x]gh', def",
    "'x{2,3}yz', yz",
    "'a.b', ''",
    "'\\bclass Foo\\b', 'class Foo'"
  })
  void aPieceThatEachMatchHoldsIsFound(String pattern, String literal) {
    assertThat(new String(RequiredLiteral.of(pattern), StandardCharsets.UTF_8)).isEqualTo(literal);
  }

  @Test
  void eachAlternativeHasItsPiece() {
    assertThat(RequiredLiteral.anyOf("(foo|bar_\\d+)")).hasSize(2);
    assertThat(RequiredLiteral.anyOf("foo|bar|[a-z]+baz")).hasSize(3);
    assertThat(RequiredLiteral.anyOf("foo|.")).isEmpty();
    assertThat(RequiredLiteral.anyOf("(foo|bar)?")).isEmpty();
    assertThat(RequiredLiteral.anyOf("(a|b)(c|d)")).isEmpty();
    assertThat(RequiredLiteral.anyOf("ab\\|cd")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void thePieceIsInEveryTextThatMatches(long seed) {
    Random random = new Random(seed);
    String[] pieces = {
      "a", "b", "ab", "ba", ".", "\\.", "a?", "b*", "(ab)", "(a)?", "[ab]", "[^b]", "a{1,2}", "b+",
      "\\w", "^", "$", "\\b", "(ab)*", "[]a]", "aab", "{", "x{0}", "|", "\\x61", "é"
    };
    for (int i = 0; i < 4000; i++) {
      StringBuilder pattern = new StringBuilder();
      for (int p = random.nextInt(1, 7); p > 0; p--) {
        pattern.append(pieces[random.nextInt(pieces.length)]);
      }
      StringBuilder text = new StringBuilder();
      for (int t = random.nextInt(12); t > 0; t--) {
        text.append("ab.{é".charAt(random.nextInt(5)));
      }
      try {
        if (Pattern.compile(pattern.toString()).matcher(text.toString()).find()) {
          List<byte[]> literal = RequiredLiteral.anyOf(pattern.toString());
          assertThat(
                  RequiredLiteral.isIn(text.toString().getBytes(StandardCharsets.UTF_8), literal))
              .as("%s in %s", pattern, text)
              .isTrue();
        }
      } catch (com.google.re2j.PatternSyntaxException e) {
        // not a pattern: nothing to say about it
      }
    }
  }
}
