package dev.winnow.agent;

class ClaudeAgentTest extends CliAgentContract {
  ClaudeAgentTest() {
    super(Driver.CLAUDE);
  }
}
