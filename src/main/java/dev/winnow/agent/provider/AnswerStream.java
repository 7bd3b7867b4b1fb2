package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import dev.winnow.agent.LongWaits;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer while it arrives. A read ends with bytes, with the end of the body, or with
 * a {@link ProviderFailure} or a cancellation; it never waits longer than the limits allow. Closing
 * it before its end closes the connection.
 */
final class AnswerStream extends InputStream implements BodySubscriber<AnswerStream> {

  /** Lists of buffers that may wait here, at most 16 KiB each. */
  private static final int AHEAD = 8;

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /** What arrives: bytes, the end, a wake-up after cancellation or close, or the end of a wait. */
  private sealed interface Arrival {}

  private record Bytes(List<ByteBuffer> buffers) implements Arrival {}

  private record End(@Nullable Throwable failure) implements Arrival {}

  private record WakeUp() implements Arrival {}

  @SuppressWarnings("ClassCanBeRecord") // told apart by identity
  private static final class TooLong implements Arrival {}

  private final Attempt attempt;
  private final long asked = System.nanoTime();
  private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final Queue<ByteBuffer> ready = new ArrayDeque<>();
  private final Cancellation.Registration registration;
  private Flow.@Nullable Subscription subscription;
  private boolean closed;
  private boolean complete; // nothing more can come
  private boolean begun;
  private boolean ended;

  AnswerStream(Attempt attempt) {
    this.attempt = attempt;
    this.registration = attempt.cancellation().onCancel(this::disconnect);
  }

  @Override
  public CompletionStage<AnswerStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    boolean late;
    synchronized (this) {
      subscription = newSubscription;
      late = closed;
    }
    if (late) {
      newSubscription.cancel();
    } else {
      newSubscription.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrivals.add(new Bytes(buffers));
  }

  @Override
  public void onError(Throwable failure) {
    end(new End(failure));
  }

  @Override
  public void onComplete() {
    end(new End(null));
  }

  private synchronized void end(End end) {
    complete = true;
    arrivals.add(end);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill(FOREVER)) {
      return -1;
    }
    ByteBuffer buffer = ready.element();
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  /**
   * Reads to the end of the body, if that comes at once, so that the connection can be used again.
   */
  void finish(Duration patience) {
    try {
      while (fill(patience)) {
        ready.clear();
      }
    } catch (ProviderFailure | Cancellation.Cancelled e) {
      // the answer is complete; only its connection is lost
    }
  }

  /** Makes sure that there is a byte, or tells that there is none to come. */
  private boolean fill(Duration patience) {
    attempt.cancellation().check();
    if (attempt.left() <= 0) {
      throw attempt.outOfTime();
    }
    while (true) {
      while (!ready.isEmpty() && !ready.element().hasRemaining()) {
        ready.remove();
      }
      if (!ready.isEmpty()) {
        return true;
      }
      if (ended) {
        return false;
      }
      switch (arrival(patience)) {
        case Bytes bytes -> {
          ready.addAll(bytes.buffers());
          begun |= ready.stream().anyMatch(ByteBuffer::hasRemaining);
          more();
        }
        case End end -> {
          ended = true;
          if (end.failure() != null) {
            attempt.cancellation().check(); // that is what broke it
            throw new ProviderFailure(
                ProviderFailure.Kind.CUT, "the connection broke in the middle of the answer");
          }
        }
        case WakeUp _ -> {
          attempt.cancellation().check();
          ended = true;
        }
        case TooLong _ -> {
          // of an earlier wait, which something ended at the same moment
        }
      }
    }
  }

  private Arrival arrival(Duration patience) {
    long limit =
        begun
            ? attempt.limits().silence().toNanos()
            : attempt.limits().firstByte().toNanos() - (System.nanoTime() - asked);
    try {
      Duration most = Duration.ofNanos(Math.min(limit, attempt.left()));
      Arrival arrival = next(most.compareTo(patience) < 0 ? most : patience);
      if (arrival == null) {
        throw attempt.waitedTooLong(begun);
      }
      return arrival;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }

  private @Nullable Arrival next(Duration patience) throws InterruptedException {
    Arrival there = arrivals.poll();
    if (there != null) {
      return there;
    }
    if (patience.compareTo(LongWaits.LONG) < 0) {
      return arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
    TooLong tooLong = new TooLong();
    try (var _ = LongWaits.end(patience, () -> arrivals.add(tooLong))) {
      Arrival arrival = arrivals.take();
      return arrival == tooLong ? null : arrival;
    }
  }

  private void more() {
    Flow.Subscription current;
    synchronized (this) {
      current = subscription;
    }
    if (current != null) {
      current.request(1);
    }
  }

  /** Of a body that ended there is nothing to cancel, and the client would make an exception. */
  private void disconnect() {
    Flow.Subscription current;
    synchronized (this) {
      closed = true;
      if (complete) {
        return;
      }
      current = subscription;
    }
    if (current != null) {
      current.cancel();
    }
    arrivals.add(new WakeUp());
  }

  @Override
  public void close() {
    registration.close();
    disconnect();
  }
}
