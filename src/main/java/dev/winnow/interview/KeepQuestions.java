package dev.winnow.interview;

import dev.winnow.agent.AgentContext;
import dev.winnow.agent.tool.AskUserQuestion;
import dev.winnow.checkpoint.CheckpointManager;
import java.util.List;
import java.util.concurrent.Callable;

/** Keeps what a turn asked together with the turn's record, so that a resumed round has it. */
final class KeepQuestions implements AgentContext.TurnListener {

  private final AskUserQuestion tool;

  KeepQuestions(AskUserQuestion tool) {
    this.tool = tool;
  }

  /** Of one turn. */
  record Kept(String result, List<AskUserQuestion.Asked> asked) {}

  @Override
  public void turnEnded(String purpose, int turn) {}

  @Override
  public <T> T writing(
      CheckpointManager steps,
      String key,
      String purpose,
      int turn,
      Object input,
      Class<T> type,
      Callable<T> work) {
    Kept kept =
        steps.step(
            key,
            input,
            Kept.class,
            () -> new Kept(dev.winnow.Json.write(work.call()), tool.asked()));
    tool.restore(kept.asked());
    return dev.winnow.Json.read(kept.result(), type);
  }

  @Override
  public String files() {
    return "questions:" + tool.asked().size();
  }
}
