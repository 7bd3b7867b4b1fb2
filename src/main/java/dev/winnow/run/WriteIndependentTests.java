package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.Reply;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.evidence.RedGate;
import dev.winnow.evidence.RedResult;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.NamingRule;
import dev.winnow.evidence.runner.PreparedRunner;
import java.util.Optional;

/**
 * Lets an agent that never sees a candidate write tests from the request alone. Its tests that are
 * red on the base count for every candidate alike.
 */
final class WriteIndependentTests {

  private final RunSetting setting;
  private final OpenSession sessions;
  private final PreparedRunner runner;
  private final RedGate red;

  WriteIndependentTests(
      RunSetting setting, OpenSession sessions, PreparedRunner runner, RedGate red) {
    this.setting = setting;
    this.sessions = sessions;
    this.runner = runner;
    this.red = red;
  }

  /** Empty, with a notice, when the tester gave no test that is red on the base. */
  Optional<TestSet> write(NamedAgent tester, Cancellation cancellation) {
    try (CandidateFiles files = sessions.files(TestSet.TESTER);
        Conversation session = sessions.open(TestSet.TESTER, tester, files)) {
      Reply reply =
          session
              .prompt(
                  new Prompt(
                      "red",
                      Prompts.tester(
                              setting.task().text(),
                              runner.why(),
                              NamingRule.of(runner.runner().name()))
                          + Prompts.criteria(setting.criteriaIds())),
                  cancellation)
              .orThrow();
      if (reply.agentFailed()) {
        return none(reply.reason());
      }
      RedResult result =
          red.check(TestSet.TESTER, setting.baseTree(), files.after("red"), cancellation);
      setting
          .events()
          .accept(new RunEvent.RedChecked(TestSet.TESTER, 1, result.red(), result.reason()));
      return result.tests() == null ? none(result.reason()) : Optional.of(result.tests());
    } catch (WinnowException e) {
      if (e.category() != WinnowException.Category.AGENT
          && e.category() != WinnowException.Category.BUDGET) {
        throw e;
      }
      return none(String.valueOf(e.getMessage()));
    }
  }

  private Optional<TestSet> none(String why) {
    setting.events().accept(new RunEvent.Notice("There are no independent tests: " + why));
    return Optional.empty();
  }
}
