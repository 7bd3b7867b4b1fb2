package dev.winnow.agent.provider;

import dev.winnow.agent.ModelReply;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads an answer to its terminal event: without one it was cut, whatever has arrived. */
final class ReadAnswer {

  /** Most of the time the end is there already when the terminal event is read. */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(50);

  /** What a provider's events mean. */
  interface Protocol {

    /**
     * @return whether it was the terminal event
     * @throws ProviderFailure for an event that reports one
     */
    boolean accept(EventStream.Event event);

    /** After the terminal event. */
    ModelReply reply();
  }

  private ReadAnswer() {}

  static ModelReply read(InputStream in, ProviderLimits limits, Protocol protocol) {
    EventStream events = new EventStream(in, limits);
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
