package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripted agents keep the contract of agents. */
class ScriptedAgentTest extends AgentContract {

  @TempDir Path directory;

  @Override
  Agent working() throws Exception {
    return agent(
        """
        {"red": [{"say": "tests first", "calls": [{"tool": "take_note", "arguments": {"text": "red"}}]},
                 {"say": "finished"}]}\
        """);
  }

  @Override
  Agent slow() throws Exception {
    return agent("{\"latencyMs\": 600000, \"red\": [{\"say\": \"late\"}]}");
  }

  @Test
  void stepKeysAreThoseOfTheDesign() throws Exception {
    try (AgentSession session = working().open(context())) {
      session.prompt(new Prompt("red", "write tests"), Cancellation.never());
    }
    assertThat(journal.keys())
        .containsExactlyInAnyOrder(
            "c1/red/turn-1/call", "c1/red/turn-1/files", "c1/red/turn-2/call");
  }

  @Test
  void anAgentWithoutThePhaseDoesNothingAndSaysSo() throws Exception {
    try (AgentSession session = working().open(context())) {
      AgentReply reply = session.prompt(new Prompt("green", "implement"), Cancellation.never());
      assertThat(reply.ending()).isEqualTo(AgentReply.Ending.DONE);
      assertThat(reply.text()).isEqualTo("(the script has nothing for green)");
      assertThat(notes).hasValue(0);
    }
  }

  private Agent agent(String script) throws Exception {
    Files.writeString(directory.resolve("agent.json"), script);
    return new AgentRegistry(
            Map.of(),
            new AgentFactories(
                Map.of(), Map.of(), Optional.empty(), new ScriptedAgents(Set.of(TOOL))))
        .resolve(List.of("scripted:agent.json"), directory)
        .getFirst()
        .agent();
  }
}
