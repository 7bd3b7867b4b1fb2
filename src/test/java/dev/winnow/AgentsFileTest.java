package dev.winnow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A guide that names paths which no longer exist misleads everybody who trusts it. */
class AgentsFileTest {

  private static final Pattern PATHS =
      Pattern.compile("`((?:src|docs|bench|\\.ci)/[A-Za-z0-9_./-]*)`");

  @Test
  void everyPathThatAgentsMdNamesExists() throws IOException {
    String text = Files.readString(Path.of("AGENTS.md"));
    List<String> paths =
        PATHS.matcher(text).results().map((MatchResult m) -> m.group(1)).distinct().toList();
    assertThat(paths).hasSizeGreaterThan(10).allSatisfy(p -> assertThat(Path.of(p)).exists());
  }

  @Test
  void agentsMdIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("AGENTS.md"))).hasSizeLessThanOrEqualTo(80);
  }
}
