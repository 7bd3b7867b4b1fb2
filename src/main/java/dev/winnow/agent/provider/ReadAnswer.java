package dev.winnow.agent.provider;

import dev.winnow.agent.ModelReply;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads an answer to its terminal event: without one it was cut, whatever has arrived. */
final class ReadAnswer {

  /** Most of the time the end is there already when the terminal event is read. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  /** What a provider's events mean. */
  interface Protocol {

    /**
     * @return whether it was the terminal event
     * @throws ProviderFailure for an event that reports one
     */
    boolean accept(EventStream.Event event);

    /** After the terminal event. */
    ModelReply reply();

    /** When the answer failed: tells what it used, if the provider said so. */
    void tellWaste();
  }

  private ReadAnswer() {}

  static ModelReply read(InputStream in, ProviderLimits limits, Protocol protocol) {
    try {
      return whole(in, new EventStream(in, limits), protocol);
    } catch (ProviderFailure e) {
      protocol.tellWaste();
      throw e;
    }
  }

  private static ModelReply whole(InputStream in, EventStream events, Protocol protocol) {
    while (true) {
      EventStream.@Nullable Event event = events.next();
      if (event == null) {
        throw new ProviderFailure(Kind.CUT, "the answer was cut before its end");
      }
      if (protocol.accept(event)) {
        if (in instanceof AnswerStream stream) {
          stream.finish(PATIENCE);
        }
        return protocol.reply();
      }
    }
  }
}
