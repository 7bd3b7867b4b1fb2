package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.Doctor.Check;
import dev.winnow.app.Doctor.State;
import dev.winnow.store.Database;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxReport;
import dev.winnow.workspace.SharedRemote;
import java.util.Optional;

/** The checks that need the sandbox and the store. */
final class CheckMachine {

  private CheckMachine() {}

  /** Which tier works here, proved by trying, and why not a better one. */
  static Check sandbox(Settings settings) {
    try {
      SandboxReport report =
          ChooseSandbox.examine(settings.sandbox(), settings.dataDirectory()).report();
      boolean strong = report.tier() == Sandbox.Tier.BUBBLEWRAP;
      // the first probe shows that commands run at all
      String detail =
          report.probes().isEmpty()
              ? report.tier().label()
              : "%s, %d attempts to break out failed"
                  .formatted(report.tier().label(), report.probes().size() - 1);
      return new Check(
          "sandbox",
          strong ? State.OK : State.WEAK,
          detail,
          String.join("; ", report.notes()) + (strong ? "" : weaker(report.tier())));
    } catch (WinnowException e) {
      return new Check("sandbox", State.MISSING, "none works here", String.valueOf(e.getMessage()));
    }
  }

  private static String weaker(Sandbox.Tier tier) {
    return tier == Sandbox.Tier.NONE ? "" : "; stronger: install bubblewrap (docs/sandbox.md)";
  }

  /** Embedded or external, tried; never with the password. */
  static Check database(Settings settings) {
    String kind =
        settings.databaseUrl() == null
            ? "embedded PostgreSQL"
            : "external PostgreSQL (DATABASE_URL)";
    try (Database database =
        Database.open(
            settings.dataDirectory(), Optional.ofNullable(settings.databaseUrl()), line -> {})) {
      String version =
          database
              .queryOne("select current_setting('server_version') as v", row -> row.text("v"))
              .orElse("");
      return new Check("database", State.OK, kind + " " + version, "");
    } catch (WinnowException e) {
      return new Check("database", State.MISSING, kind, String.valueOf(e.getMessage()));
    }
  }

  /** Only where a git remote was chosen. */
  static Optional<Check> snapshots(Settings settings) {
    SharedRemote remote = settings.snapshots();
    if (remote == null) {
      return Optional.empty();
    }
    if (settings.databaseUrl() == null) {
      return Optional.of(
          new Check(
              "snapshots",
              State.OPTIONAL,
              remote.shown() + " is not used: all processes share this data directory",
              "it takes effect with DATABASE_URL"));
    }
    try {
      remote.tryToWrite(settings.dataDirectory());
      return Optional.of(new Check("snapshots", State.OK, "git remote " + remote.shown(), ""));
    } catch (WinnowException e) {
      return Optional.of(
          new Check(
              "snapshots",
              State.MISSING,
              String.valueOf(e.getMessage()),
              "a path needs a repository made with 'git init --bare'; or set snapshots: postgresql"));
    }
  }
}
