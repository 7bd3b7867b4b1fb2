package dev.winnow.agent;

import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.Protocol;

class AnthropicAgentTest extends SdkAgentContract {

  @Override
  Protocol protocol() {
    return new AnthropicProtocol();
  }
}
