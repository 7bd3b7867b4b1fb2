package dev.winnow.app;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Parses a command line, runs the command and turns every way to fail into an exit code. */
final class CommandLineRunner {

  private static final List<String> LIST = List.of("runs", "list");
  private static final List<String> LIST_JSON = List.of("runs", "list", "--json");

  private final Context context;
  private final ReportFailure failures;

  CommandLineRunner(Console console, Interrupts interrupts) {
    this(new Context(console, interrupts, System.getenv(), Path.of("").toAbsolutePath()));
  }

  CommandLineRunner(Context context) {
    this.context = context;
    boolean debug = "1".equals(context.environment().get("WINNOW_DEBUG"));
    this.failures = new ReportFailure(context.console(), debug);
  }

  int run(String... args) {
    List<String> words = List.of(args);
    boolean json = words.contains("--json");
    if (LIST.equals(words) || LIST_JSON.equals(words)) {
      return list(json);
    }
    CommandLine root = commands(context, args.length == 0 ? "" : args[0]);
    if (args.length == 0
        || Arrays.stream(args).anyMatch(a -> a.equals("--help") || a.equals("-h"))) {
      root.setUsageHelpWidth(Math.clamp(context.columns(), 55, 100));
    }
    root.setOut(writer(context.console().out()));
    root.setErr(writer(context.console().err()));
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            context.console().outStyle().on()
                ? CommandLine.Help.Ansi.ON
                : CommandLine.Help.Ansi.OFF));
    root.setParameterExceptionHandler((e, ignored) ->
        failures.usage(
            e instanceof CommandLine.UnmatchedArgumentException unknown
                ? explain(unknown)
                : String.valueOf(e.getMessage()),
            e.getCommandLine().getCommandSpec().qualifiedName(),
            json));
    root.setExecutionExceptionHandler((e, command, parsed) -> failures.report(e, json));
    try {
      return root.execute(args);
    } catch (Throwable e) {
      // picocli hands on exceptions only; an Error too must end in one line and an exit code
      return failures.report(e, json);
    }
  }

  private static String explain(CommandLine.UnmatchedArgumentException unknown) {
    String said = unknown.getUnmatched().getFirst();
    // the parser's idea of what is similar goes far
    String beginning = said.substring(0, Math.min(said.length(), said.startsWith("--") ? 4 : 2));
    List<String> meant =
        unknown.getSuggestions().stream().filter(name -> name.startsWith(beginning)).toList();
    return "unknown: "
        + SafeText.line(String.join(" ", unknown.getUnmatched()), 200)
        + (meant.isEmpty() ? "" : " (did you mean " + String.join(" or ", meant) + "?)");
  }

  /** Asked for often, and the parser's classes, which no AOT cache takes, would double its time. */
  private int list(boolean json) {
    try {
      return new ListRuns(context, json).call();
    } catch (NoClassDefFoundError e) {
      throw e; // the launcher gives this command few of the libraries: see Main
    } catch (Throwable e) {
      return failures.report(e, json);
    }
  }

  /**
   * The command that the first word names, or all of them: to look at the annotations of each would
   * take a third of a second.
   */
  private static CommandLine commands(Context context, String first) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("demo", () -> new DemoCommand(context));
    all.put("run", () -> new RunCommand(context));
    all.put("node", () -> new NodeCommand(context));
    all.put("ask", () -> new AskCommand(context));
    all.put("spec-run", () -> new SpecRunCommand(context));
    all.put("plan", () -> new PlanCommand(context));
    all.put("specs", () -> SpecsCommand.commands(context));
    all.put("runs", () -> runs(context));
    all.put("db", () -> database(context));
    all.put("agents", () -> agents(context));
    all.put("serve", () -> new ServeCommand(context));
    all.put("users", () -> users(context));
    all.put("tokens", () -> tokens(context));
    all.put("gc", () -> new GcCommand(context));
    all.put("doctor", () -> new DoctorCommand(context));
    CommandLine root = new CommandLine(new WinnowCommand());
    Supplier<Object> named = all.get(first);
    if (named != null) {
      root.addSubcommand(first, named.get());
    } else {
      all.forEach((name, command) -> root.addSubcommand(name, command.get()));
    }
    return root;
  }

  private static CommandLine runs(Context context) {
    CommandLine runs = new CommandLine(new RunsCommand());
    runs.addSubcommand("list", new ListRuns(context, false));
    runs.addSubcommand("show", new ShowRun(context));
    runs.addSubcommand("diff", new DiffRun(context));
    runs.addSubcommand("watch", new WatchRun(context));
    runs.addSubcommand("rejudge", new RejudgeRun(context));
    runs.addSubcommand("ledger", new LedgerCommand(context));
    runs.addSubcommand("checkpoints", new CheckpointsCommand(context));
    runs.addSubcommand("fork", new ForkRunCommand(context));
    runs.addSubcommand("approve", new ApproveRunCommand(context));
    runs.addSubcommand("reject", new RejectRunCommand(context));
    runs.addSubcommand("resume", new ResumeRunCommand(context));
    runs.addSubcommand("cancel", new CancelRunCommand(context));
    runs.addSubcommand("deliver", new DeliverRunCommand(context));
    return runs;
  }

  private static CommandLine database(Context context) {
    CommandLine db = new CommandLine(new DbCommand());
    db.addSubcommand("export", new ExportDb(context));
    db.addSubcommand("import", new ImportDb(context));
    db.addSubcommand("upgrade", new UpgradeDb(context));
    return db;
  }

  private static CommandLine agents(Context context) {
    CommandLine agents = new CommandLine(new AgentsCommand(context));
    agents.addSubcommand("check", new CheckAgents(context));
    return agents;
  }

  private static CommandLine users(Context context) {
    CommandLine users = new CommandLine(new UsersCommand(context));
    users.addSubcommand("list", new UsersCommand.ListAll(context));
    users.addSubcommand("add", new UsersCommand.Add(context));
    users.addSubcommand("login", new UsersCommand.Login(context));
    users.addSubcommand("disable", new UsersCommand.Disable(context));
    return users;
  }

  private static CommandLine tokens(Context context) {
    CommandLine tokens = new CommandLine(new TokensCommand());
    tokens.addSubcommand("create", new TokensCommand.Create(context));
    tokens.addSubcommand("list", new TokensCommand.ListAll(context));
    tokens.addSubcommand("revoke", new TokensCommand.Revoke(context));
    return tokens;
  }

  private static java.io.PrintWriter writer(java.io.PrintStream stream) {
    return new java.io.PrintWriter(stream, true, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** What every command works with; nothing else of the process is read anywhere. */
  record Context(
      Console console, Interrupts interrupts, Map<String, String> environment, Path directory) {

    Settings settings(Path repository) {
      return ReadSettings.read(environment, directory, FindCheckout.above(repository));
    }

    Settings settings() {
      return settings(directory);
    }

    int columns() {
      return console.outIsTerminal() ? Math.max(40, TerminalSize.ofProcess().get().columns()) : 120;
    }
  }
}
