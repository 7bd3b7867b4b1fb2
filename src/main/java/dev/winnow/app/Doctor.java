package dev.winnow.app;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.winnow.WinnowException;
import dev.winnow.agent.tool.FindBrowser;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.evidence.runner.FindTools;
import dev.winnow.evidence.runner.ToolFound;
import dev.winnow.workspace.egress.TrustCertificates;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Examines the machine. */
final class Doctor {

  /** How one thing is. */
  enum State {
    OK,
    /** Works, with less than there could be. */
    WEAK,
    /** Not there, and only needed for some repositories. */
    OPTIONAL,
    /** No run is possible without it. */
    MISSING;

    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One finding; its components are the JSON form.
   *
   * @param remedy what to do about it, empty when nothing is to be done
   */
  record Check(String name, State state, String detail, String remedy) {}

  private static final long ENOUGH_BYTES = 2L << 30;
  private static final Pattern GIT_VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  private final Settings settings;
  private final Map<String, String> environment;

  Doctor(Settings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  List<Check> examine() {
    List<Check> checks = new ArrayList<>();
    checks.add(java());
    checks.add(git());
    checks.add(CheckMachine.sandbox(settings));
    checks.add(CheckMachine.database(settings));
    CheckMachine.snapshots(settings).ifPresent(checks::add);
    checks.add(disk());
    checks.add(MeasureDisk.check(settings));
    checks.addAll(programs());
    checks.addAll(CheckPrograms.of(settings));
    settings.tools().browser().map(Doctor::browser).ifPresent(checks::add);
    settings.upstream().certificates().map(Doctor::certificates).ifPresent(checks::add);
    return checks;
  }

  private static Check browser(ToolSettings.Browser browser) {
    FindBrowser programs = browser.programs();
    return programs.problem().isEmpty()
        ? new Check(
            "agent-browser",
            State.OK,
            "%s, %s"
                .formatted(
                    programs.agentBrowser().map(Path::toString).orElse(""),
                    programs.chromium().map(Path::toString).orElse("")),
            "")
        : new Check("agent-browser", State.WEAK, "switched on, cannot be used", programs.problem());
  }

  private static Check certificates(Path file) {
    try {
      return new Check(
          "certificates",
          State.OK,
          "the JDK's, and %d of %s".formatted(TrustCertificates.count(file), file),
          "");
    } catch (WinnowException e) {
      return new Check(
          "certificates",
          State.WEAK,
          String.valueOf(e.getMessage()),
          "without it no model is asked; mend it, or unset " + TrustCertificates.VARIABLE);
    }
  }

  private static Check java() {
    return new Check(
        "Winnow's JDK",
        State.OK,
        "%s, %s".formatted(Runtime.version(), System.getProperty("java.home", "")),
        "");
  }

  private Check git() {
    Optional<String> version = firstLine("git", "--version");
    if (version.isEmpty()) {
      return new Check("git", State.MISSING, "not found", "install git 2.35 or newer");
    }
    return gitVersion(version.get());
  }

  static Check gitVersion(String answer) {
    Matcher number = GIT_VERSION.matcher(answer);
    boolean recent =
        number.find()
            && (Integer.parseInt(number.group(1)) > 2
                || (Integer.parseInt(number.group(1)) == 2
                    && Integer.parseInt(number.group(2)) >= 35));
    return recent
        ? new Check("git", State.OK, answer, "")
        : new Check("git", State.MISSING, answer + " is too old", "install git 2.35 or newer");
  }

  private Check disk() {
    Path existing = settings.dataDirectory().toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return new Check(
          "data",
          State.MISSING,
          settings.dataDirectory() + " cannot be created or written",
          "give another with --data-dir or WINNOW_DATA_DIR");
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace();
      String detail =
          "%s, %,.1f GiB free".formatted(settings.dataDirectory(), free / (double) (1L << 30));
      return free >= ENOUGH_BYTES
          ? new Check("data", State.OK, detail, "")
          : new Check("data", State.WEAK, detail, "a run may need 2 GiB and more: free some space");
    } catch (IOException e) {
      return new Check("data", State.WEAK, settings.dataDirectory() + ": " + e.getMessage(), "");
    }
  }

  /** What test runs would use, not what a shell would find: the sandbox's user is another one. */
  private List<Check> programs() {
    return FindTools.in(environment).tools().stream().map(Doctor::program).toList();
  }

  static Check program(ToolFound tool) {
    boolean found = tool.path().isPresent();
    return new Check(
        tool.name(),
        found ? State.OK : State.OPTIONAL,
        "%s (for %s)".formatted(tool.note(), purpose(tool.name())),
        found ? "" : tool.remedy());
  }

  private static String purpose(String tool) {
    return switch (tool) {
      case "java" -> "Java repositories; JAVA_HOME wins";
      case "mvn" -> "Maven repositories, the demo; a ./mvnw is not used";
      case "gradle" -> "Gradle repositories; their ./gradlew is not used";
      case "node" -> "node --test, npm";
      case "npm" -> "npm test";
      case "python3" -> "unittest, pytest";
      case "go" -> "Go repositories";
      case "cargo" -> "Rust repositories";
      default -> tool + " repositories";
    };
  }

  private Optional<Path> find(String program) {
    for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      // an empty or relative entry is the current directory, where anybody may have put a program
      if (directory.startsWith("/")) {
        Path path = Path.of(directory, program);
        if (Files.isExecutable(path) && Files.isRegularFile(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> firstLine(String program, String argument) {
    Optional<Path> path = find(program);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      Process process =
          new ProcessBuilder(path.get().toString(), argument).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return output.lines().findFirst().map(line -> SafeText.line(line, 100));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
