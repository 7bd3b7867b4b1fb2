package dev.winnow.spec;

import java.util.List;

/**
 * One question of an interview.
 *
 * @param id {@code q1}, {@code q2}, ... over all rounds
 * @param round from 1; later ones follow up on answers
 * @param rationale why the answer matters
 * @param suggestions two to four possible answers, or none; another one is always possible
 * @param askedBy the agent, or {@code winnow}
 */
public record Question(
    String id,
    int round,
    String question,
    String rationale,
    List<String> suggestions,
    String askedBy) {
  public Question {
    suggestions = List.copyOf(suggestions);
  }
}
