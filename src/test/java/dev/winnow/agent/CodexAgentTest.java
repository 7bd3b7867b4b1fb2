package dev.winnow.agent;

class CodexAgentTest extends CliAgentContract {
  CodexAgentTest() {
    super(Driver.CODEX);
  }
}
