package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Reply.Failure;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.Redact;
import dev.winnow.workspace.Workspace;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several prompts to one agent that remembers the earlier ones. Whatever goes wrong becomes a
 * reply. Not thread-safe.
 */
public final class Conversation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  private final NamedAgent agent;
  private final AgentContext context;
  private @Nullable AgentSession session;
  private volatile String said = "";

  Conversation(NamedAgent agent, AgentContext context) {
    this.agent = agent;
    this.context = context.withEvents(event -> hear(context, event));
  }

  /** What an agent said stays known when its work is stopped. */
  private void hear(AgentContext original, RunEvent event) {
    if (event instanceof RunEvent.ModelText text) {
      said = text.text();
    }
    original.events().accept(event);
  }

  /** Asks, and waits for the end of the agent's work or of its time. Never throws. */
  public Reply prompt(Prompt prompt, Cancellation cancellation) {
    said = "";
    try (Deadline deadline = new Deadline(context.limits().time(), cancellation)) {
      try {
        cancellation.check();
        return reply(session().prompt(clean(prompt), deadline.cancellation()));
      } catch (Cancellation.Cancelled e) {
        // an agent that watches the clock itself says so; this is for all others
        return deadline.passed()
            ? failed(Failure.TIME_LIMIT, deadline.reason(), null)
            : failed(Failure.CANCELLED, String.valueOf(e.getMessage()), e);
      } catch (WinnowException e) {
        return failed(e);
      } catch (Workspace.TooLarge e) {
        return failed(Failure.AGENT, String.valueOf(e.getMessage()), null);
      } catch (RuntimeException e) {
        LOG.error("internal error in agent {}", agent.name(), e);
        return failed(Failure.INTERNAL, "internal error in agent " + agent.name(), null);
      }
    }
  }

  /** Nothing secret reaches a model, whoever put it into the prompt. */
  private static Prompt clean(Prompt prompt) {
    return new Prompt(prompt.purpose(), Redact.text(prompt.text()), prompt.format());
  }

  private AgentSession session() {
    AgentSession open = session;
    if (open == null) {
      open = agent.agent().open(context);
      session = open;
    }
    return open;
  }

  private Reply reply(AgentReply reply) {
    Optional<Failure> failure =
        switch (reply.ending()) {
          case DONE -> Optional.empty();
          case TURN_LIMIT -> Optional.of(Failure.TURN_LIMIT);
          case TOOL_LIMIT -> Optional.of(Failure.TOOL_LIMIT);
          case TIME_LIMIT -> Optional.of(Failure.TIME_LIMIT);
          case FAILED -> Optional.of(Failure.AGENT);
        };
    return new Reply(
        agent.name(),
        failure,
        reply.text(),
        failure.isEmpty() ? "" : reply.reason(),
        reply.turns(),
        reply.usage(),
        reply.costMicros(),
        null);
  }

  private Reply failed(WinnowException e) {
    String reason = String.valueOf(e.getMessage());
    return switch (e.category()) {
      case AGENT, SETTINGS, USAGE -> failed(Failure.AGENT, reason, null);
      case BUDGET -> failed(Failure.BUDGET, reason, e);
      case SANDBOX -> failed(Failure.SANDBOX, reason, e);
      case INFRASTRUCTURE -> failed(Failure.INFRASTRUCTURE, reason, e);
    };
  }

  private Reply failed(Failure failure, String reason, @Nullable RuntimeException fault) {
    return new Reply(
        agent.name(),
        Optional.of(failure),
        said,
        reason,
        0,
        Usage.NONE,
        OptionalLong.empty(),
        fault);
  }

  @Override
  public void close() {
    AgentSession open = session;
    session = null;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (RuntimeException e) {
      LOG.warn("agent {} was not closed cleanly", agent.name(), e);
    }
  }
}
