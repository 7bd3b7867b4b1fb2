package dev.winnow.workspace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What git said about trees before. It never gets old, since an id names all that is in a tree; and
 * the evidence asks the same dozens of times, each a process. Bounded by the number of files that
 * the answers are about.
 */
final class KnownTrees {

  /** Some 30 MB: a dozen listings of a large repository. */
  private static final int MOST = 250_000;

  private record Listing(String tree) {}

  private record Difference(String oldTree, String newTree) {}

  private record Composition(String base, Set<String> removed, String from, Set<String> taken) {}

  private record Answer(Object value, int weight) {}

  private final Map<Record, Answer> answers = new LinkedHashMap<>(64, 0.75f, true);
  private int weight;

  Map<String, TreeEntry> entries(String tree, Supplier<Map<String, TreeEntry>> git) {
    return known(
        new Listing(tree), () -> Collections.unmodifiableMap(git.get()), entries -> entries.size());
  }

  List<FileChange> changes(String oldTree, String newTree, Supplier<List<FileChange>> git) {
    return known(
        new Difference(oldTree, newTree), () -> List.copyOf(git.get()), changes -> changes.size());
  }

  String composed(
      String base, Set<String> removed, String from, Set<String> taken, Supplier<String> git) {
    return known(
        new Composition(base, Set.copyOf(removed), from, Set.copyOf(taken)),
        git,
        tree -> removed.size() + taken.size());
  }

  @SuppressWarnings("unchecked") // a question of a kind has answers of one type
  private <T> T known(Record question, Supplier<T> git, ToIntFunction<T> files) {
    Answer before = find(question);
    if (before != null) {
      return (T) before.value();
    }
    // two who ask at the same time both get an answer, the same one
    T answer = git.get();
    keep(question, new Answer(answer, 1 + files.applyAsInt(answer)));
    return answer;
  }

  private synchronized @Nullable Answer find(Record question) {
    return answers.get(question);
  }

  private synchronized void keep(Record question, Answer answer) {
    Answer replaced = answers.put(question, answer);
    weight += answer.weight() - (replaced == null ? 0 : replaced.weight());
    var oldest = answers.values().iterator();
    while (weight > MOST && oldest.hasNext()) {
      weight -= oldest.next().weight();
      oldest.remove();
    }
  }
}
