package dev.winnow.interview;

import dev.winnow.agent.AgentRequest;
import java.util.List;
import java.util.Optional;

/**
 * All that any node needs to go on with an interview; stored with it.
 *
 * @param agents who asks
 */
record InterviewRequest(List<AgentRequest> agents, Optional<AgentRequest> judge) {
  InterviewRequest {
    agents = List.copyOf(agents);
  }
}
