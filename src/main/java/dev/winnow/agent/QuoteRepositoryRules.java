package dev.winnow.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a repository tells agents about itself: its AGENTS.md and CLAUDE.md files. They are the
 * repository's words, quoted so that they cannot pass for Winnow's, and they come from the base, so
 * that no candidate instructs another, or itself.
 */
public final class QuoteRepositoryRules {

  private static final Set<String> NAMES = Set.of("AGENTS.md", "CLAUDE.md");
  private static final String NATURE = "the repository's words, its conventions";
  private static final int MAX_FILE_BYTES = 16 * 1024;
  private static final int MAX_BYTES = 40 * 1024;
  private static final int MOST_NAMED = 40;

  /** Of a repository with thousands of such files the nearest to the root are enough. */
  private static final int MOST_READ = 200;

  private QuoteRepositoryRules() {}

  /**
   * The blocks for the rules, nearest to the root first; empty when there is no such file.
   *
   * @param paths all files of the base
   * @param read a file's bytes, empty when it is too large to be read at all
   */
  public static String of(Collection<String> paths, Function<String, Optional<byte[]>> read) {
    List<String> found =
        paths.stream()
            .filter(path -> NAMES.contains(path.substring(path.lastIndexOf('/') + 1)))
            .sorted(
                Comparator.comparingLong(
                        (String path) -> path.chars().filter(c -> c == '/').count())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    StringBuilder blocks = new StringBuilder();
    List<String> unread = new ArrayList<>();
    String before = "";
    int bytes = 0;
    int tried = 0;
    for (String path : found) {
      if (++tried > MOST_READ) {
        unread.add(path);
        continue;
      }
      String text = text(read.apply(path));
      // a link to its neighbour, an import of it, or a copy
      boolean repeats = text.matches("@?(\\./)?(AGENTS|CLAUDE)\\.md") || text.equals(before);
      if (text.isEmpty() || repeats) {
        continue;
      }
      String block = QuoteUntrusted.block(name(path), NATURE, text);
      if (bytes + bytes(block) > MAX_BYTES) {
        unread.add(path);
        continue;
      }
      before = text;
      bytes += bytes(block);
      blocks.append('\n').append(block).append('\n');
    }
    if (!unread.isEmpty()) {
      // the names are the repository's words as well
      String names =
          String.join(
              "\n", unread.stream().limit(MOST_NAMED).map(QuoteRepositoryRules::shown).toList());
      int more = unread.size() - MOST_NAMED;
      if (more > 0) {
        names += "\nand %d more".formatted(more);
      }
      blocks
          .append("\nThere are more; read the one of a directory before you change files in it:\n")
          .append(QuoteUntrusted.block("paths", names))
          .append('\n');
    }
    return blocks.toString();
  }

  private static String name(String path) {
    int slash = path.lastIndexOf('/');
    String where = slash < 0 ? "all files" : "files below " + shown(path.substring(0, slash));
    return "%s, for %s".formatted(shown(path), where);
  }

  private static String text(Optional<byte[]> bytes) {
    if (bytes.isEmpty()) {
      return "";
    }
    String text = new String(bytes.get(), StandardCharsets.UTF_8);
    return CapText.headAndTail(text.strip(), MAX_FILE_BYTES);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A path that stands in a line of its own and cannot end it. */
  private static String shown(String path) {
    return CapText.oneLine(path, 200).replaceAll("[<>]", "?");
  }
}
