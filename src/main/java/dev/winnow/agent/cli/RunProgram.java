package dev.winnow.agent.cli;

import dev.winnow.Cancellation;
import dev.winnow.agent.AgentPlace;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.Door;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.ProgramHome;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs an agent program once, in the sandbox, with its prompt on stdin, and ends it when it is told
 * to or stands still: politely first, then with everything that it has started.
 */
final class RunProgram {

  private static final Duration POLITE = Duration.ofSeconds(5);
  private static final String SHELL = "in=$1 err=$2; shift 2; exec \"$@\" <\"$in\" 2>\"$err\"";
  private static final String PROMPT = "prompt.txt";
  private static final String ERRORS = "errors.txt";

  /**
   * How it ended.
   *
   * @param silent whether it was stopped because nothing came from it any more
   * @param errors the end of what it wrote to stderr
   */
  record Ended(CommandResult result, boolean silent, String errors) {}

  private final AgentPlace place;
  private final ProgramHome home;
  private final ProgramFile program;
  private final Door door;
  private final Duration silence;
  private final AtomicLong lastSign;

  /**
   * @param silence without a sign of life from the program or its provider
   * @param lastSign when the last one came, by {@link System#nanoTime()}
   */
  RunProgram(
      AgentPlace place,
      ProgramHome home,
      ProgramFile program,
      Door door,
      Duration silence,
      AtomicLong lastSign) {
    this.place = place;
    this.home = home;
    this.program = program;
    this.door = door;
    this.silence = silence;
    this.lastSign = lastSign;
  }

  Ended run(
      String prompt,
      List<String> arguments,
      Map<String, String> environment,
      ReadLines lines,
      Cancellation cancellation) {
    home.write(PROMPT, prompt);
    home.write(ERRORS, "");
    String mark = UUID.randomUUID().toString();
    SandboxCommand command = command(arguments, environment, mark);
    lastSign.set(System.nanoTime());
    Cancellation kill = new Cancellation();
    Cancellation stop = cancellation.child();
    try (WatchSilence watch = new WatchSilence(silence, lastSign, stop);
        var _ =
            stop.onCancel(() ->
                Thread.ofVirtual()
                    .start(() -> {
                      AskToStop.politely(program.path(), mark, POLITE);
                      kill.cancel(String.valueOf(stop.reason()));
                    }))) {
      CommandResult result =
          place
              .sandbox()
              .run(
                  command,
                  (bytes, length) -> {
                    lastSign.set(System.nanoTime());
                    lines.add(bytes, length);
                  },
                  kill);
      lines.end();
      return new Ended(result, watch.wasSilent(), home.read(ERRORS, 64 * 1024).orElse(""));
    } finally {
      kill.cancel("it has ended");
    }
  }

  private SandboxCommand command(
      List<String> arguments, Map<String, String> environment, String mark) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, "sh"));
    argv.add(home.path().resolve(PROMPT).toString());
    argv.add(home.path().resolve(ERRORS).toString());
    argv.add(program.path().toString());
    argv.addAll(arguments);
    SandboxCommand like = place.command().apply(argv);
    Map<String, String> all = new HashMap<>(like.environment());
    all.put("HOME", home.path().toString());
    all.putAll(environment);
    all.put(AskToStop.VARIABLE, mark);
    List<Path> readOnly = new ArrayList<>(like.readOnly());
    readOnly.addAll(program.mounts());
    List<Path> writable = new ArrayList<>(like.writable());
    writable.add(home.path());
    return new SandboxCommand(
        argv,
        like.workspace(),
        like.directory(),
        all,
        readOnly.stream().distinct().toList(),
        writable,
        false,
        Optional.of(door),
        limits(like.limits()));
  }

  /** Time and silence are watched here, where the program can be asked to stop first. */
  private static Limits limits(Limits like) {
    Duration never = Duration.ofDays(7);
    return like.withWall(never).withSilence(never);
  }
}
