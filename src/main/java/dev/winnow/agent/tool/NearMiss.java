package dev.winnow.agent.tool;

import java.util.List;

/**
 * Says why a text that a model wants to replace is not in a file, as precisely as it can: mostly it
 * is there with other whitespace, or its first lines are.
 */
final class NearMiss {

  private static final int MOST_LINES = 12;

  /** A file of the same line again and again would be compared for hours. */
  private static final int MOST_COMPARED = 5_000_000;

  private NearMiss() {}

  static String of(String path, String content, String find) {
    List<String> lines = content.lines().toList();
    List<String> wanted = find.strip().lines().toList();
    String absent = "the text does not occur in " + path;
    if (wanted.isEmpty()) {
      return absent + ": it is whitespace only";
    }
    int best = 0;
    int at = -1;
    int compared = 0;
    List<String> plainLines = lines.stream().map(NearMiss::plain).toList();
    List<String> plainWanted = wanted.stream().map(NearMiss::plain).toList();
    for (int start = 0; start < lines.size() && compared < MOST_COMPARED; start++) {
      int same = 0;
      while (same < wanted.size()
          && start + same < lines.size()
          && plainLines.get(start + same).equals(plainWanted.get(same))) {
        same++;
      }
      compared += same + 1;
      if (same > best) {
        best = same;
        at = start;
      }
      if (same == wanted.size()) {
        return "%s, but at line %d it does with other whitespace. There it is:\n%s"
            .formatted(absent, start + 1, excerpt(lines, start, wanted.size()));
      }
    }
    if (best > 0) {
      return "%s. Its first %s at line %d, but then the file goes on:\n%s"
          .formatted(
              absent,
              best == 1 ? "line is" : best + " lines are",
              at + 1,
              excerpt(lines, at + best, 3));
    }
    return absent + "; read the file again and copy the text exactly";
  }

  private static String plain(String line) {
    return line.strip().replaceAll("\\s+", " ");
  }

  private static String excerpt(List<String> lines, int from, int count) {
    int to = Math.min(lines.size(), from + Math.min(count, MOST_LINES));
    return from >= lines.size()
        ? "(end of the file)"
        : String.join("\n", lines.subList(from, to)) + (count > MOST_LINES ? "\n..." : "");
  }
}
