package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads many blobs with two git processes, where one at a time would cost two for each. */
final class ReadBlobs {

  private ReadBlobs() {}

  /**
   * Contents by id, without those that are missing or larger than the limit.
   *
   * @param maxBytes of one blob; all of them together must fit into memory
   */
  static Map<String, byte[]> of(Git git, Collection<String> ids, int maxBytes) {
    List<String> small = smaller(git, ids, maxBytes);
    Map<String, byte[]> contents = new HashMap<>();
    if (small.isEmpty()) {
      return contents;
    }
    byte[] output = git.require(lines(small), "cat-file", "--batch").output();
    int at = 0;
    for (String id : small) {
      int end = at;
      while (end < output.length && output[end] != '\n') {
        end++;
      }
      String header = new String(output, at, end - at, StandardCharsets.US_ASCII);
      String[] words = header.split(" ", -1);
      if (words.length != 3 || !words[0].equals(id)) {
        throw WinnowException.infrastructure("git cat-file gave no content of " + id, null);
      }
      int from = end + 1;
      int to = from + Integer.parseInt(words[2]);
      contents.put(id, Arrays.copyOfRange(output, from, to));
      at = to + 1;
    }
    return contents;
  }

  private static List<String> smaller(Git git, Collection<String> ids, int maxBytes) {
    List<String> small = new ArrayList<>();
    List<String> distinct = ids.stream().distinct().toList();
    if (distinct.isEmpty()) {
      return small;
    }
    Git.Result sizes =
        git.require(
            lines(distinct), "cat-file", "--batch-check=%(objecttype) %(objectname) %(objectsize)");
    for (String line : sizes.text().lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[0].equals("blob") && Long.parseLong(words[2]) <= maxBytes) {
        small.add(words[1]);
      }
    }
    return small;
  }

  private static byte[] lines(List<String> ids) {
    return (String.join("\n", ids) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
