package dev.winnow.app;

import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Spending;
import dev.winnow.evidence.Evidence;
import dev.winnow.judge.Decision;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.run.CoverCriteria;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the final report of a run is made of.
 *
 * @param run the run's id
 * @param repository the user's checkout
 * @param sandbox label of the tier
 * @param outcome accepted, none, abstained, budget, cancelled, failed, or running
 * @param reason why the run ended when there is no decision
 * @param evidence null when the run ended before there was any
 * @param decision null when the run ended before it was decided
 * @param branch null when none was delivered
 * @param usage per candidate
 * @param answers of a run that asked a question
 * @param judgement what a model judge said, or null
 * @param traces links to what back ends have, by subject: run, c1, decision, ...
 * @param spec the spec that it implements, or null
 * @param spent by everybody: candidates, tester and judge
 * @param criteria which tests cover each acceptance criterion
 * @param notices what the user should know besides
 */
record ReportView(
    String run,
    String task,
    String repository,
    String sandbox,
    String outcome,
    String reason,
    @Nullable Evidence evidence,
    @Nullable Decision decision,
    @Nullable String branch,
    Map<String, Usage> usage,
    Spending spent,
    List<String> notices,
    List<AnswerView> answers,
    @Nullable ModelJudgement judgement,
    Map<String, String> traces,
    @Nullable String spec,
    List<CoverCriteria.Covered> criteria) {

  /**
   * One agent's answer to a question.
   *
   * @param text whole; empty when there is none
   * @param failure why there is none, or null
   */
  record AnswerView(String candidate, String agent, String text, @Nullable String failure) {}

  ReportView {
    usage = Map.copyOf(usage);
    traces = Collections.unmodifiableMap(new LinkedHashMap<>(traces));
    notices = List.copyOf(notices);
    answers = List.copyOf(answers);
    criteria = List.copyOf(criteria);
  }

  ReportView withNotice(String notice) {
    List<String> more = new ArrayList<>(notices);
    more.add(notice);
    return new ReportView(
        run,
        task,
        repository,
        sandbox,
        outcome,
        reason,
        evidence,
        decision,
        branch,
        usage,
        spent,
        more,
        answers,
        judgement,
        traces,
        spec,
        criteria);
  }
}
