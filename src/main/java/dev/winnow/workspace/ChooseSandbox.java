package dev.winnow.workspace;

import dev.winnow.PassableDirectory;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.workspace.SandboxReport.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Takes the strongest sandbox of this machine that holds when it is attacked. */
public final class ChooseSandbox {

  /**
   * What the operator wrote as {@code sandbox:}. AUTO takes the strongest that works here, and
   * never none.
   */
  public enum Preference {
    AUTO,
    BUBBLEWRAP,
    LANDLOCK,
    NONE
  }

  /** The sandbox and what its proof found. */
  public record Chosen(Sandbox sandbox, SandboxReport report) {}

  private final Path dataDirectory;
  private final List<String> notes = new ArrayList<>();

  private ChooseSandbox(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  /**
   * @param dataDirectory Winnow's own; it is created when it does not exist
   * @throws WinnowException of category SANDBOX when no acceptable tier holds, with what to do
   */
  public static Sandbox choose(Preference preference, Path dataDirectory) {
    return examine(preference, dataDirectory).sandbox();
  }

  /** The same, with the report. */
  public static Chosen examine(Preference preference, Path dataDirectory) {
    return new ChooseSandbox(dataDirectory.toAbsolutePath().normalize()).examine(preference);
  }

  private Chosen examine(Preference preference) {
    if (preference == Preference.NONE) {
      notes.add("sandbox: none is set, candidates' code runs with all of Winnow's rights");
      return new Chosen(new NoSandbox(), new SandboxReport(Sandbox.Tier.NONE, List.of(), notes));
    }
    prepareDataDirectory();
    ControlGroup.removeStale();
    Optional<Chosen> chosen = Optional.empty();
    if (preference != Preference.LANDLOCK) {
      chosen = bubblewrap();
    }
    if (chosen.isEmpty() && preference != Preference.BUBBLEWRAP) {
      chosen = landlock();
    }
    return chosen.orElseThrow(() ->
        new WinnowException(
            Category.SANDBOX,
            "no sandbox works here ("
                + String.join("; ", notes)
                + "). "
                + advice()
                + "; or set 'sandbox: none' to run candidates' code unprotected"));
  }

  private void prepareDataDirectory() {
    try {
      PassableDirectory.createAll(dataDirectory);
    } catch (IOException e) {
      throw new WinnowException(
          Category.SANDBOX, "cannot create " + dataDirectory + ": " + e.getMessage(), e);
    }
    var uid = Slot.of(dataDirectory);
    if (uid.isPresent()) {
      SandboxFiles files = SandboxFiles.in(dataDirectory);
      Slot.obstacle(uid.getAsInt(), files.get("passwd"))
          .ifPresent(path -> {
            throw new WinnowException(
                Category.SANDBOX,
                "sandboxed commands cannot pass " + path + "; run: chmod o+x " + path);
          });
    }
  }

  private Optional<Chosen> bubblewrap() {
    Optional<Path> program = FindTool.absolute("bwrap");
    if (program.isEmpty()) {
      notes.add("bubblewrap is not installed");
      return Optional.empty();
    }
    if (SystemCalls.ofThisMachine().isEmpty()) {
      notes.add("bubblewrap: no seccomp filter for " + System.getProperty("os.arch"));
      return Optional.empty();
    }
    return proven(new BubblewrapSandbox(program.get(), SandboxFiles.in(dataDirectory)));
  }

  private Optional<Chosen> landlock() {
    try {
      if (SystemCalls.ofThisMachine().isEmpty() || LandlockRules.version() < 1) {
        notes.add("the kernel has no Landlock");
        return Optional.empty();
      }
    } catch (LinkageError e) {
      notes.add("Landlock: the C library is too old or not glibc");
      return Optional.empty();
    }
    return proven(new LandlockSandbox(dataDirectory));
  }

  private Optional<Chosen> proven(Sandbox sandbox) {
    List<Probe> probes;
    try {
      probes = ProveSandbox.prove(sandbox, dataDirectory);
    } catch (WinnowException e) {
      notes.add(sandbox.tier().label() + ": " + e.getMessage());
      return Optional.empty();
    }
    SandboxReport report = new SandboxReport(sandbox.tier(), probes, notes);
    if (report.proven()) {
      return Optional.of(new Chosen(sandbox, report));
    }
    notes.add(
        sandbox.tier().label()
            + " does not hold: "
            + probes.stream()
                .filter(probe -> !probe.held())
                .map(probe -> probe.name() + " " + probe.detail())
                .collect(Collectors.joining(", ")));
    return Optional.empty();
  }

  private static String advice() {
    if (Files.exists(Path.of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))
        && FindTool.absolute("bwrap").isPresent()) {
      return "Ubuntu's AppArmor forbids user namespaces: give /usr/bin/bwrap a profile with 'userns,'";
    }
    String install = FindTool.absolute("dnf").isPresent() ? "dnf" : "apt-get";
    return "Run: " + install + " install bubblewrap";
  }
}
