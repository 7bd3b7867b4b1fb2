package dev.winnow.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The interview of a spec, and what was written from it.
 *
 * @param questions of all rounds
 * @param settled the interviewer has nothing more to ask, or may ask no more
 * @param overview what is to be built, in a few sentences
 * @param criteria empty until they are written
 * @param plan empty until it is written
 */
public record Planning(
    List<Question> questions,
    List<Answer> answers,
    boolean settled,
    String overview,
    List<Criterion> criteria,
    List<PlanPhase> plan,
    PlanningMetadata metadata) {

  /** Whether somebody has to answer. */
  public enum Status {
    NEEDS_ANSWERS,
    ANSWERED;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Planning {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    criteria = List.copyOf(criteria);
    plan = List.copyOf(plan);
  }

  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Status status() {
    return open().isEmpty() ? Status.ANSWERED : Status.NEEDS_ANSWERS;
  }

  /** Questions that nobody has answered or skipped. */
  public List<Question> open() {
    return questions.stream().filter(q -> answer(q.id()).isEmpty()).toList();
  }

  /** Questions that have no answer, also those that were skipped. */
  public List<Question> unanswered() {
    return questions.stream()
        .filter(q -> answer(q.id()).filter(a -> !a.skipped()).isEmpty())
        .toList();
  }

  public Optional<Answer> answer(String question) {
    return answers.stream().filter(a -> a.question().equals(question)).findFirst();
  }

  /** The round that was asked last, 0 before the first. */
  public int round() {
    return metadata.rounds().size();
  }

  Planning withAnswers(List<Answer> changed) {
    if (metadata.writer().equals(PlanningMetadata.IMPORTED)) {
      return new Planning(questions, changed, true, overview, criteria, plan, metadata);
    }
    // what was written from other answers is not theirs
    return new Planning(
        questions,
        changed,
        false,
        "",
        List.of(),
        List.of(),
        metadata.with(metadata.rounds(), "", 0, 0, 0L));
  }

  /** The same after a round. */
  public Planning asked(
      List<Question> all, boolean nothingMoreToAsk, PlanningMetadata changedMetadata) {
    return new Planning(all, answers, nothingMoreToAsk, overview, criteria, plan, changedMetadata);
  }

  /** The same with what was written from it. */
  public Planning written(
      String text,
      List<Criterion> written,
      List<PlanPhase> phases,
      PlanningMetadata changedMetadata) {
    return new Planning(questions, answers, settled, text, written, phases, changedMetadata);
  }
}
