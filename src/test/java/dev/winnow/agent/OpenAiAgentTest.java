package dev.winnow.agent;

import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.Protocol;

class OpenAiAgentTest extends SdkAgentContract {

  @Override
  Protocol protocol() {
    return new OpenAiProtocol();
  }
}
