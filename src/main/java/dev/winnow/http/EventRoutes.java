package dev.winnow.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.run.FindRuns;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of a run, as a stream or in pages. */
final class EventRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(EventRoutes.class);

  private static final int MOST = 1_000;

  /** An event as the log has it. */
  record EventLine(@JsonRawValue String event) {
    @com.fasterxml.jackson.annotation.JsonValue
    @JsonRawValue
    String raw() {
      return event;
    }
  }

  /**
   * A page of events.
   *
   * @param items as docs/events.md describes them
   * @param next for {@code after}; null when there are no more yet
   */
  record EventPage(List<EventLine> items, @Nullable Long next) {}

  private final Backend backend;
  private final FollowRuns follow;
  private final Accounts accounts;
  private final RateLimit.Places places;

  EventRoutes(Backend backend, FollowRuns follow, Accounts accounts, RateLimit.Places places) {
    this.backend = backend;
    this.follow = follow;
    this.accounts = accounts;
    this.places = places;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                RunRoutes.PATH + "/{id}/events",
                "followRun",
                "The events of a run, from the first to the last, as they come.",
                this::stream)
            .header("Last-Event-ID", "The last event that the client knows; 0 for none.")
            .query("after", "integer", "The same, for clients that cannot set a header.")
            .query(
                "stay", "boolean", "Go on after the end of the run: answers of people come there.")
            .answersText("text/event-stream", "One event a message; its id is its number."),
        Route.get(
                RunRoutes.PATH + "/{id}/log",
                "listEvents",
                "A page of the events of a run.",
                this::page)
            .query("after", "integer", "The number of the last event that the client knows.")
            .query("limit", "integer", "At most this many, 1 to 1000; 200 when it is left out.")
            .answers(200, "A page of events.", EventPage.class));
  }

  private UUID require(Request request) {
    UUID id = request.id("id");
    if (!new FindRuns(backend.database()).sees(request.who().whose(), id)) {
      throw Problem.notFound();
    }
    return id;
  }

  private Reply stream(Request request) throws Exception {
    UUID id = require(request);
    String last = request.context().header("Last-Event-ID");
    long after = last == null ? after(request) : number("Last-Event-ID", last);
    boolean stay = request.flag("stay");
    Principal who = request.who();
    if (request.context().req().getMethod().equals("HEAD")) {
      return Reply.text(StreamEvents.TYPE, "");
    }
    if (!places.enter(who.name())) {
      throw Problem.of(429, "too-many", "Too many open streams of one user.")
          .with("Retry-After", "5");
    }
    StreamEvents stream = new StreamEvents(request.context());
    try (Outbox outbox = follow.follow(id, after, stream)) {
      stream.from(outbox, stay, () -> accounts.stillCounts(who.credential()));
    } catch (IOException e) {
      LOG.debug("the client of a stream went away", e);
    } finally {
      places.leave(who.name());
    }
    return Reply.WRITTEN;
  }

  private Reply page(Request request) {
    UUID id = require(request);
    int limit = request.number("limit", 200, 1, MOST);
    List<RecordedEvent> events =
        new EventReader(backend.database()).read(id, after(request), limit);
    return Reply.json(
        new EventPage(
            events.stream().map(event -> new EventLine(event.toJson())).toList(),
            events.size() < limit ? null : events.getLast().sequence()));
  }

  private static long after(Request request) {
    return request.query("after").map(text -> number("after", text)).orElse(0L);
  }

  private static long number(String field, String text) {
    if (!text.matches("\\d{1,18}")) {
      throw Problem.malformed(field, "Must be the number of an event.");
    }
    return Long.parseLong(text);
  }
}
