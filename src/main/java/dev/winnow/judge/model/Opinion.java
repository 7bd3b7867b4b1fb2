package dev.winnow.judge.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The judge's answer to one order of the candidates.
 *
 * @param shown candidate ids in the order in which they were shown, as A, B, C, ...
 * @param verdict null when there is none that can be used
 * @param problem why there is none, empty otherwise
 * @param said the judge's last words, capped
 */
public record Opinion(List<String> shown, @Nullable Verdict verdict, String problem, String said) {
  public Opinion {
    shown = List.copyOf(shown);
  }
}
