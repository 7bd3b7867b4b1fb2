package dev.winnow.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentContext;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.FullDisk;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.Workspace;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The workspace of a candidate, kept in step with the journal. When a run is resumed its recorded
 * steps are not done again, so the files start as the last recorded step left them.
 */
final class CandidateFiles implements AgentContext.TurnListener, AutoCloseable {

  /**
   * What a step that changes files leaves in the journal.
   *
   * @param tree of the files after it
   * @param refused entries that the snapshot left out
   * @param changed files since the snapshot before
   * @param value the result of the step itself
   */
  record Recorded(String tree, List<String> refused, int changed, JsonNode value) {
    Recorded {
      refused = List.copyOf(refused);
    }
  }

  private static final String SUFFIX = "/files";

  private final RunSetting setting;
  private final String candidate;
  private final Workspace workspace;
  private String last;
  private String marked;
  private List<String> refused = List.of();

  private CandidateFiles(RunSetting setting, String candidate, Workspace workspace) {
    this.setting = setting;
    this.candidate = candidate;
    this.workspace = workspace;
    this.last = setting.baseTree();
    this.marked = last;
  }

  /**
   * The base's files, or those of the last recorded step, in a directory of the candidate's own.
   */
  static CandidateFiles open(
      RunSetting setting, String candidate, Sandbox sandbox, List<String> ignore) {
    String start =
        setting
            .steps()
            .newest(candidate + "/", SUFFIX, Recorded.class)
            .map(Recorded::tree)
            .orElse(setting.baseTree());
    if (!setting.mirror().has(start)) {
      throw WinnowException.infrastructure(
          "This node does not have the files of %s, which could not be sent: 'winnow runs resume %s' on the node that worked on the run before goes on."
              .formatted(candidate, setting.run()),
          null);
    }
    return new CandidateFiles(
        setting,
        candidate,
        setting
            .mirror()
            .checkout(
                setting.baseTree(),
                start,
                setting.workDirectory().resolve(candidate),
                sandbox,
                ignore));
  }

  Workspace workspace() {
    return workspace;
  }

  /** What the last snapshot left out because of what it is. */
  List<String> refused() {
    return refused;
  }

  @Override
  public <T> T writing(
      CheckpointManager steps,
      String key,
      String purpose,
      int turn,
      Object input,
      Class<T> type,
      Callable<T> work) {
    Recorded recorded =
        steps.step(
            key, input, Recorded.class, () -> snapshot(Json.mapper().valueToTree(work.call())));
    tell(purpose, turn, recorded);
    try {
      return Json.mapper().treeToValue(recorded.value(), type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(key, e);
    }
  }

  @Override
  public void turnEnded(String purpose, int turn) {
    tell(purpose, turn, record("%s/%s/turn-%d/snapshot".formatted(candidate, purpose, turn)));
  }

  /** The files as they are now, without leaving anything in the journal. */
  String now() {
    return workspace.snapshot();
  }

  @Override
  public String files() {
    return last;
  }

  /** The files after a prompt, as a tree. */
  String after(String purpose) {
    Recorded recorded = record("%s/%s/end".formatted(candidate, purpose));
    last = recorded.tree();
    refused = recorded.refused();
    return last;
  }

  private Recorded record(String key) {
    return setting
        .steps()
        .pure(key + SUFFIX, last, Recorded.class, () -> snapshot(NullNode.getInstance()));
  }

  private Recorded snapshot(JsonNode value) {
    // or what could not be written would count as what the agent wanted
    FullDisk.check(setting.workDirectory());
    try {
      String tree = workspace.snapshot();
      int changed = tree.equals(last) ? 0 : setting.mirror().changes(last, tree).size();
      // before the step that names it is recorded: what is named can be restored anywhere
      setting.carrier().ifPresent(carrier -> carrier.send(candidate, tree, last));
      return new Recorded(tree, workspace.refused(), changed, value);
    } catch (Workspace.TooLarge e) {
      throw new WinnowException(WinnowException.Category.AGENT, String.valueOf(e.getMessage()), e);
    }
  }

  private void tell(String purpose, int turn, Recorded recorded) {
    refused = recorded.refused();
    if (!recorded.tree().equals(last)) {
      last = recorded.tree();
      setting
          .events()
          .accept(new RunEvent.SnapshotTaken(candidate, purpose, turn, last, recorded.changed()));
    }
    if (!last.equals(marked)) {
      marked = last;
      setting
          .checkpoints()
          .mark(
              "%s/%s/turn-%d".formatted(candidate, purpose, turn),
              purpose.replaceFirst("-\\d+$", ""));
    }
  }

  @Override
  public void close() {
    workspace.close();
  }
}
