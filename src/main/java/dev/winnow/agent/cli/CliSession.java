package dev.winnow.agent.cli;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.AgentReply;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.CallSpan;
import dev.winnow.agent.Deadline;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.GenAi;
import dev.winnow.telemetry.Span;
import dev.winnow.workspace.ProgramHome;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of one candidate to a program, as one conversation of that program. Each prompt is
 * one step of the journal; its result holds the program's own record of the conversation, so that
 * the next prompt can go on in another process, and on another machine.
 */
final class CliSession implements AgentSession {

  private static final int LARGEST_SESSION = 48 << 20;
  private static final int LARGEST_PACKED = 6 << 20;

  /** All that a prompt's result depends on. */
  record PromptInput(String driver, String model, String rules, String text) {}

  private final CliSettings settings;
  private final AgentContext context;
  private final AgentPlace place;
  private final AtomicLong lastSign = new AtomicLong();
  private final Set<String> purposes = new HashSet<>();

  private @Nullable ProgramHome home;
  private @Nullable OpenDoor door;
  private @Nullable CliOutcome last;

  /** Whether the program's files of the last outcome are in the home. */
  private boolean atHome;

  CliSession(CliSettings settings, AgentContext context, AgentPlace place) {
    this.settings = settings;
    this.context = context;
    this.place = place;
  }

  @Override
  public AgentReply prompt(Prompt prompt, Cancellation cancellation) {
    String purpose = prompt.purpose();
    String text = asked(prompt);
    if (!purpose.matches("[a-z][a-z0-9-]*") || !purposes.add(purpose)) {
      throw new IllegalArgumentException("the purpose names steps, and must be new: " + purpose);
    }
    cancellation.check();
    PromptInput input =
        new PromptInput(
            settings.driver().label(), settings.model().orElse(""), context.rules(), text);
    boolean[] live = {false};
    CliOutcome outcome =
        context
            // one step with the snapshot: an answer without the files that it talks of is useless
            .afterTurn()
            .writing(
                context.steps(),
                key(purpose),
                purpose,
                1,
                input,
                CliOutcome.class,
                () -> {
                  live[0] = true;
                  return pay(purpose, text, cancellation);
                });
    last = outcome;
    atHome = live[0];
    return outcome.reply();
  }

  private String key(String purpose) {
    return "%s/%s/program/files".formatted(context.candidate(), purpose);
  }

  /** The format of an answer is asked for in words: the programs have different options for it. */
  private static String asked(Prompt prompt) {
    return prompt
        .format()
        .map(format ->
            "%s\n\nAnswer with one JSON object that fits this JSON Schema, and with nothing else:\n%s"
                .formatted(prompt.text(), Json.write(format.schema())))
        .orElse(prompt.text());
  }

  /**
   * One prompt is one entry of the ledger: what the program asks its provider is its own affair.
   */
  private CliOutcome pay(String purpose, String text, Cancellation cancellation) {
    return context
        .steps()
        .ledger()
        .pay(
            context.candidate(),
            key(purpose),
            settings.priced(),
            settings.upTo(),
            cancellation,
            () -> traced(purpose, text, cancellation),
            CliOutcome::spending);
  }

  private CliOutcome traced(String purpose, String text, Cancellation cancellation) {
    return Span.of(GenAi.INVOKE_AGENT + " " + settings.driver().label())
        .set(GenAi.OPERATION, GenAi.INVOKE_AGENT)
        .set(GenAi.PROVIDER, settings.driver().label())
        .set(GenAi.REQUEST_MODEL, settings.priced())
        .set("winnow.purpose", purpose)
        .call(span -> {
          CliOutcome outcome = work(purpose, text, cancellation);
          CallSpan.Call call =
              new CallSpan.Call(GenAi.INVOKE_AGENT, settings.driver().label(), settings.priced());
          CallSpan.used(span, call, outcome.usage(), outcome.costMicros());
          if (outcome.ending() != Ending.DONE) {
            span.failed(outcome.ending().name().toLowerCase(Locale.ROOT), outcome.reason());
          }
          return outcome;
        });
  }

  private CliOutcome work(String purpose, String text, Cancellation cancellation) {
    ProgramHome directory = home();
    OpenDoor way = door(directory);
    boolean resume = restore(directory);
    Attempt first = new Attempt(purpose, resume, cancellation);
    CliOutcome outcome = first.run(directory, way, resume ? text : whole(text));
    if (resume && first.sessionLost) {
      notice("%s cannot go on with its session and starts again.".formatted(label()));
      last = null;
      return new Attempt(purpose, false, cancellation).run(directory, way, whole(text));
    }
    return outcome;
  }

  private ProgramHome home() {
    if (home == null) {
      home = ProgramHome.create(place.home(), place.sandbox(), place.workspace());
    }
    return home;
  }

  private OpenDoor door(ProgramHome directory) {
    if (door == null) {
      door =
          OpenDoor.open(
              settings,
              place,
              directory,
              () -> lastSign.set(System.nanoTime()),
              refused -> notice("%s was kept from the network: %s".formatted(label(), refused)));
      settings.program().prepare(directory, door.access(), settings.model());
    }
    return door;
  }

  /** Puts the conversation so far where the program finds it; false when there is none. */
  private boolean restore(ProgramHome directory) {
    CliOutcome before = last;
    if (before == null || before.session().isEmpty()) {
      return false;
    }
    if (!atHome) {
      if (before.sessionPath().isEmpty()) {
        notice(
            "%s left no session to go on with; it starts again from the files as they are."
                .formatted(label()));
        last = null;
        return false;
      }
      directory.write(
          settings.program().sessionPath(before.sessionPath(), place.workspace().toString()),
          PackText.unpack(before.sessionData()));
    }
    return true;
  }

  /** The first prompt of a conversation says the rules as well. */
  private String whole(String text) {
    return purposes.size() == 1
        ? context.rules() + "\n\n" + text
        : "%s\n\nYou have worked on this repository before; what you wrote is in its files. Read them first.\n\n%s"
            .formatted(context.rules(), text);
  }

  private String label() {
    return context.candidate() + ": " + settings.program().label();
  }

  private void notice(String text) {
    context.events().accept(new RunEvent.Notice(text));
  }

  @Override
  public void close() {
    OpenDoor way = door;
    ProgramHome directory = home;
    door = null;
    home = null;
    try {
      if (way != null) {
        way.close();
      }
    } finally {
      if (directory != null) {
        directory.close();
      }
    }
  }

  /** One start of the program. */
  private final class Attempt {
    private final String purpose;
    private final boolean resume;
    private final Cancellation cancellation;
    private String session = "";
    private boolean known;
    private boolean sessionLost;

    Attempt(String purpose, boolean resume, Cancellation cancellation) {
      this.purpose = purpose;
      this.resume = resume;
      this.cancellation = cancellation;
      this.session = resume && last != null ? last.session() : UUID.randomUUID().toString();
    }

    CliOutcome run(ProgramHome directory, OpenDoor way, String prompt) {
      CliProgram program = settings.program();
      TellEvents events =
          new TellEvents(
              context.candidate(), purpose, program.events(), context.events(), this::started);
      ReadLines lines = new ReadLines(events::line);
      List<Path> strays = RemoveStrays.watch(place.workspace());
      try (Deadline deadline = new Deadline(context.limits().time(), cancellation)) {
        RunProgram.Ended ended =
            new RunProgram(
                    place, directory, settings.file(), way.door(), settings.silence(), lastSign)
                .run(
                    prompt,
                    program.arguments(session, resume, settings.model()),
                    environment(program.environment(directory, way.access())),
                    lines,
                    deadline.cancellation());
        if (!deadline.passed()) {
          cancellation.check();
        }
        Verdict verdict =
            deadline.passed()
                ? new Verdict(Ending.TIME_LIMIT, deadline.reason(), Fault.OTHER)
                : Verdict.of(settings, ended, events, lines.leftOut());
        sessionLost = verdict.fault() == Fault.SESSION_LOST;
        return outcome(directory, verdict, events);
      } finally {
        RemoveStrays.remove(strays);
      }
    }

    /** With the span that the program's own spans belong below, where it makes any. */
    private Map<String, String> environment(Map<String, String> own) {
      Map<String, String> all = new HashMap<>(own);
      Span.current().ifPresent(trace -> all.put("TRACEPARENT", trace.header()));
      return all;
    }

    /**
     * The id is recorded as soon as it is known, for whoever looks for a lost conversation. Only
     * the first: what a candidate runs may write lines of its own into the program's output.
     */
    private void started(String id) {
      if (!known && id.matches("[A-Za-z0-9-]{8,64}")) {
        known = true;
        session = id;
        context
            .steps()
            .pure(
                "%s/%s/session-%s".formatted(context.candidate(), purpose, id),
                settings.driver().label(),
                String.class,
                () -> id);
      }
    }

    private CliOutcome outcome(ProgramHome directory, Verdict verdict, TellEvents events) {
      Usage before = resume && last != null ? last.totalUsage() : Usage.NONE;
      OptionalLong costBefore =
          resume && last != null ? last.totalCostMicros() : OptionalLong.of(0);
      CountedUsage counted = CountedUsage.of(events.end(), before, costBefore);
      OptionalLong cost = counted.costMicros();
      if (cost.isEmpty() && events.end().isPresent()) {
        cost = settings.prices().costMicros(settings.priced(), counted.usage());
      }
      Optional<String> path = settings.program().sessionFile(directory, session);
      String data =
          path.flatMap(file -> directory.read(file, LARGEST_SESSION))
              .map(PackText::pack)
              .filter(packed -> packed.length() <= LARGEST_PACKED)
              .orElse("");
      return new CliOutcome(
          verdict.ending(),
          events.said(),
          verdict.reason(),
          Math.max(1, counted.turns() == 0 ? events.turns() : counted.turns()),
          counted.usage(),
          cost,
          path.isPresent() ? session : "",
          counted.total(),
          counted.totalCost(),
          data.isEmpty() ? "" : path.orElse(""),
          data);
    }
  }
}
