package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.Prompts;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.judge.Judge;
import dev.winnow.judge.ShowChanges;
import dev.winnow.judge.model.AskJudge;
import dev.winnow.judge.model.ModelJudgement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Lets a model judge look at the candidates that the evidence does not tell apart. */
final class AskAboutTie {

  private static final int MAX_DIFF_BYTES = 1 << 20;

  private final NamedAgent judge;
  private final RunRequest request;
  private final RunSetting setting;
  private final RunLimits limits;
  private final AnswerStore store;
  private final RoomForProgram room;

  AskAboutTie(
      NamedAgent judge,
      RunRequest request,
      RunSetting setting,
      RunLimits limits,
      AnswerStore store,
      RoomForProgram room) {
    this.judge = judge;
    this.request = request;
    this.setting = setting;
    this.limits = limits;
    this.store = store;
    this.room = room;
  }

  /** Empty when the evidence decides. */
  Optional<ModelJudgement> ask(Evidence evidence, Cancellation cancellation) {
    List<String> tied = Judge.tied(evidence);
    if (tied.size() < 2) {
      return Optional.empty();
    }
    Map<String, String> trees =
        evidence.candidates().stream()
            .collect(Collectors.toMap(CandidateEvidence::candidate, CandidateEvidence::codeTree));
    Map<String, String> materials =
        ShowChanges.of(evidence, tied, c -> diff(trees.getOrDefault(c, setting.baseTree())));
    String detail = request.judge().map(r -> r.config().detail()).orElse("");
    AskJudge.Bench bench = new AskJudge.Bench(setting.run(), this::context, setting.events());
    ModelJudgement judgement =
        new AskJudge(judge, detail, bench).changes(setting.task().text(), materials, cancellation);
    store.save(judgement);
    return Optional.of(judgement);
  }

  private String diff(String tree) {
    return setting.mirror().diff(setting.baseTree(), tree, List.of(), MAX_DIFF_BYTES);
  }

  private AgentContext context(String id) {
    return new AgentContext(
        id,
        Prompts.judge(),
        List.of(),
        limits.agent(),
        setting.steps(),
        (_, _) -> {},
        setting.events(),
        room.of(judge, id));
  }
}
