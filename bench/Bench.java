import com.sun.net.httpserver.HttpServer;
import dev.winnow.store.Database;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Ratios, each against a floor that is measured in turns with it. Started by bench/run. */
class Bench {

  interface Work {
    void run() throws Exception;
  }

  record Times(double[] sorted) {
    double median() {
      return sorted[sorted.length / 2];
    }

    double min() {
      return sorted[0];
    }
  }

  static final Path WINNOW = Path.of("winnow").toAbsolutePath();
  static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  public static void main(String[] args) throws Exception {
    Path area = Files.createTempDirectory(Path.of("/tmp"), "winnow-bench-");
    Files.setPosixFilePermissions(area, PosixFilePermissions.fromString("rwx--x--x"));
    try {
      machine();
      List<String> parts =
          args.length == 0 ? List.of("start", "small", "large", "share", "models", "durable", "telemetry-python", "telemetry-maven") : List.of(args);
      for (String part : parts) {
        switch (part) {
          case "start" -> start(area, 21);
          case "small" -> workspaces(area, 1_000, 15);
          case "large" -> workspaces(area, 40_000, 5);
          case "share" -> share(area);
          case "models" -> alone("Streaming model calls", "Streams", "compare");
          case "durable" -> {
            alone("Durable steps", "Durable", "compare");
            alone("Several nodes", "Nodes");
          }
          case "telemetry-python" -> telemetry(area, "python-unittest", Integer.getInteger("pairs", 61));
          case "telemetry-maven" -> telemetry(area, "maven-multi", Integer.getInteger("pairs", 9));
          default -> throw new IllegalArgumentException("no such part: " + part);
        }
      }
    } finally {
      run(area.getParent(), List.of("rm", "-rf", area.toString()));
    }
  }

  /** In processes of its own, so that nothing of this one is counted. */
  static void alone(String title, String... main) throws Exception {
    System.out.println("\n## " + title);
    List<String> argv =
        new ArrayList<>(
            List.of(
                JAVA.toString(), "-Dwinnow.aot=" + System.getProperty("winnow.aot"),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
    argv.addAll(List.of(main));
    int exit = new ProcessBuilder(argv).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(main[0] + " ended with " + exit);
    }
  }

  /**
   * Processor time of a whole run, its commands included, with every back end on against none. Runs
   * come in pairs, whose order turns: what else the machine does changes slowly, so it is in both of
   * a pair, and the ratio of a pair is without it.
   */
  static void telemetry(Path area, String fixture, int pairs) throws Exception {
    Path data = directory(area.resolve("telemetry-" + fixture));
    Path from = Path.of("src/test/resources/repositories", fixture).toAbsolutePath();
    Path repository = area.resolve("traced-" + fixture);
    run(area, List.of("cp", "-r", from.resolve("repository").toString(), repository.toString()));
    commit(repository);
    HttpServer sink = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    sink.createContext("/", exchange -> {
      try (exchange) {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, -1);
      }
    });
    sink.start();
    String url = "http://127.0.0.1:" + sink.getAddress().getPort();
    List<String> all =
        List.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT=" + url,
            "LOGFIRE_TOKEN=pylf_v1_us_bench00000000000000000",
            "LOGFIRE_BASE_URL=" + url,
            "TELEMETRY_FILE=" + area.resolve("spans-" + fixture + ".jsonl"));
    CountCpu count = new CountCpu();
    try (Database _ = Database.open(data, Optional.empty(), line -> {})) {
      cpu(count, repository, from, data, List.of()); // makes what later ones find
      cpu(count, repository, from, data, all);
      double[] off = new double[pairs];
      double[] on = new double[pairs];
      double[] ratio = new double[pairs];
      for (int i = 0; i < pairs; i++) {
        for (boolean first : new boolean[] {i % 2 == 0, i % 2 != 0}) {
          if (first) {
            off[i] = cpu(count, repository, from, data, List.of());
          } else {
            on[i] = cpu(count, repository, from, data, all);
          }
        }
        ratio[i] = on[i] / off[i];
      }
      System.out.println("\nratios of the pairs: " + Arrays.toString(ratio));
      Arrays.sort(off);
      Arrays.sort(on);
      Arrays.sort(ratio);
      int low = rankOfLow(pairs);
      System.out.printf(
          "%n| CPU of a run with 2 scripted agents, %s, %d pairs | median s | min s | median of the pairs' ratios | 95 %% of it between | target |%n|---|---:|---:|---:|---:|---:|%n"
              + "| no back end | %.2f | %.2f | 1 | | |%n| OTLP, Logfire and a file | %.2f | %.2f | %.3f | %.3f and %.3f | < 1.05 |%n",
          fixture,
          pairs,
          off[pairs / 2],
          off[0],
          on[pairs / 2],
          on[0],
          ratio[pairs / 2],
          ratio[low],
          ratio[pairs - 1 - low]);
    } finally {
      sink.stop(0);
    }
  }

  /**
   * From which to which of n sorted values the median of all lies in 95 of 100 cases, whatever their
   * distribution: fewer than this are below it by chance in 2.5 of 100.
   */
  static int rankOfLow(int n) {
    double chance = Math.pow(0.5, n);
    double below = 0;
    for (int rank = 0; ; rank++) {
      below += chance;
      if (below > 0.025) {
        return Math.max(0, rank - 1);
      }
      chance = chance * (n - rank) / (rank + 1);
    }
  }

  /** Seconds of a run, with its commands and tests; the database's server is not a part of it. */
  static double cpu(CountCpu count, Path repository, Path scripts, Path data, List<String> variables) throws Exception {
    String agents =
        Stream.of("right", "subtle")
            .map(name -> "scripted:" + scripts.resolve("scripts/" + name + ".json"))
            .reduce((a, b) -> a + "," + b)
            .orElseThrow();
    List<String> command = new ArrayList<>(List.of("/usr/bin/env"));
    command.addAll(variables);
    command.addAll(
        List.of(
            WINNOW.toString(), "run", "--task", "Make the change", "--agents", agents, "--apply", "none",
            "--data-dir", data.toString()));
    return count.of(
        new ProcessBuilder(command)
            .directory(repository.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD));
  }

  static void machine() throws IOException {
    String memory = Files.readAllLines(Path.of("/proc/meminfo")).getFirst().replaceAll("\\D+", "");
    System.out.printf(
        "%d cores, %d GiB, kernel %s, JDK %s, load at the start %s%n",
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(memory) >> 20,
        System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
        Runtime.version(),
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
  }

  /** The database server runs already, as it does beside any other Winnow process. */
  static void start(Path area, int rounds) throws Exception {
    Path hello = area.resolve("Hello.java");
    Files.writeString(
        hello, "class Hello { public static void main(String[] a) { System.out.println(\"hi\"); } }");
    run(area, List.of(JAVA.resolveSibling("javac").toString(), hello.toString()));
    Path data = directory(area.resolve("start"));
    try (Database _ = Database.open(data, Optional.empty(), line -> {})) {
      List<Times> times =
          inTurns(
              rounds,
              () -> run(area, List.of(JAVA.toString(), "-cp", area.toString(), "Hello")),
              () -> run(area, List.of(WINNOW.toString(), "--version")),
              () ->
                  run(area, List.of(WINNOW.toString(), "runs", "list", "--data-dir", data.toString())),
              () -> runsList(area, data));
      table("start-up, ms, " + rounds + " rounds", 4);
      row("java Hello", times.get(0), times.get(0));
      row("winnow --version", times.get(1), times.get(0));
      row("winnow runs list", times.get(3), times.get(0));
      row("winnow runs list --data-dir DIR", times.get(2), times.get(0));
    }
  }

  static void runsList(Path area, Path data) throws Exception {
    run(area, List.of("/usr/bin/env", "WINNOW_DATA_DIR=" + data, WINNOW.toString(), "runs", "list"));
  }

  /** A candidate's workspace against the linked worktree that other tools make. */
  static void workspaces(Path area, int files, int rounds) throws Exception {
    Path repository = repository(area.resolve("files-" + files), files);
    Path data = directory(area.resolve("data-" + files));
    Sandbox sandbox = ChooseSandbox.choose(ChooseSandbox.Preference.AUTO, data);
    Mirror mirror = Mirror.open(data, repository);
    String tree = mirror.treeOf(mirror.pin("HEAD"));
    Path worktree = area.resolve("worktree-" + files);
    Path workspace = directory(data.resolve("work")).resolve("one");
    List<Workspace> made = new ArrayList<>();
    double[] floor = new double[rounds];
    double[] ours = new double[rounds];
    for (int i = -1; i < rounds; i++) {
      double git =
          millis(() -> git(repository, "worktree", "add", "-q", "--detach", worktree.toString()));
      double winnow =
          millis(() -> made.add(mirror.checkout(tree, workspace, sandbox, List.of("build/"))));
      git(repository, "worktree", "remove", "--force", worktree.toString());
      made.removeLast().close();
      if (i >= 0) { // the first of each fills the page cache
        floor[i] = git;
        ours[i] = winnow;
      }
    }
    table("workspace of %,d files, ms, %d rounds".formatted(files, rounds), 1);
    row("git worktree add", sorted(floor), sorted(floor));
    row("Mirror.checkout", sorted(ours), sorted(floor));
  }

  /**
   * Winnow's own share: wall time of the whole command, from start to exit, without the time in
   * which at least one test run was in its sandbox. A test run's step is recorded at its end and
   * holds how long it took. Agents answer at once here, so all that they cost is Winnow's.
   */
  static void share(Path area) throws Exception {
    Path data = directory(area.resolve("share"));
    Path from = Path.of("src/test/resources/repositories/python-unittest").toAbsolutePath();
    Path repository = area.resolve("slow");
    run(area, List.of("cp", "-r", from.resolve("repository").toString(), repository.toString()));
    Files.writeString(
        repository.resolve("tests/test_slow.py"),
        "import time\nimport unittest\n\n\nclass SlowTest(unittest.TestCase):\n"
            + "    def test_slow(self):\n        time.sleep(28)\n");
    commit(repository);
    try (Database database = Database.open(data, Optional.empty(), line -> {})) {
      String agents =
          Stream.of("right", "subtle")
              .map(name -> "scripted:" + from.resolve("scripts/" + name + ".json"))
              .reduce((a, b) -> a + "," + b)
              .orElseThrow();
      Instant begin = Instant.now();
      double wall =
          millis(() ->
              run(
                  repository,
                  List.of(
                      WINNOW.toString(), "run", "--task", "Read Roman numerals", "--agents", agents,
                      "--data-dir", data.toString())));
      List<Instant[]> tests =
          database.query(
              "select coalesce(finished_at, started_at) as ended, result->>'millis' as millis"
                  + " from step where key like 'tests/%' and result is not null",
              row -> {
                Instant end = row.instant("ended");
                return new Instant[] {end.minusMillis(Long.parseLong(row.text("millis"))), end};
              });
      double covered = covered(tests);
      long summed =
          tests.stream().mapToLong(t -> Duration.between(t[0], t[1]).toMillis()).sum();
      System.out.printf(
          "%n| a run with 2 scripted agents | s |%n|---|---:|%n| wall | %.1f |%n"
              + "| %d test runs, added up | %.1f |%n| some test was running | %.1f |%n"
              + "| Winnow itself | %.1f |%n| share (target < 5 %%) | %.1f %% |%n",
          wall / 1000,
          tests.size(),
          summed / 1000.0,
          covered / 1000,
          (wall - covered) / 1000,
          100 * (wall - covered) / wall);
      if (tests.isEmpty() || tests.getFirst()[0].isBefore(begin.minusSeconds(1))) {
        throw new IllegalStateException("no test runs of this run were recorded");
      }
    }
  }

  static double covered(List<Instant[]> intervals) {
    long millis = 0;
    Instant until = Instant.MIN;
    List<Instant[]> sorted = new ArrayList<>(intervals);
    sorted.sort(Comparator.comparing(interval -> interval[0]));
    for (Instant[] interval : sorted) {
      Instant from = interval[0].isBefore(until) ? until : interval[0];
      if (interval[1].isAfter(from)) {
        millis += Duration.between(from, interval[1]).toMillis();
        until = interval[1];
      }
    }
    return millis;
  }

  static Path repository(Path root, int files) throws Exception {
    for (int i = 0; i < files; i++) {
      Path file = root.resolve("src/p" + i / 200 + "/C" + i + ".java");
      Files.createDirectories(file.getParent());
      Files.writeString(file, ("class C" + i + " { int value() { return " + i + "; } }\n").repeat(20));
    }
    commit(root);
    return root;
  }

  static void commit(Path root) throws Exception {
    git(root, "init", "-q", "-b", "main");
    git(root, "add", "-A");
    git(root, "-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "-q", "-m", "base");
  }

  static void git(Path directory, String... args) throws Exception {
    List<String> argv = new ArrayList<>(List.of("git"));
    argv.addAll(List.of(args));
    run(directory, argv);
  }

  static Path directory(Path path) throws IOException {
    Files.createDirectory(path);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
  }

  static void run(Path directory, List<String> argv) throws Exception {
    Process process =
        new ProcessBuilder(argv)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(argv + " failed: " + output);
    }
  }

  static List<Times> inTurns(int rounds, Work... works) throws Exception {
    double[][] times = new double[works.length][rounds];
    for (int round = -2; round < rounds; round++) {
      for (int i = 0; i < works.length; i++) {
        double took = millis(works[i]);
        if (round >= 0) {
          times[i][round] = took;
        }
      }
    }
    return Arrays.stream(times).map(Bench::sorted).toList();
  }

  static Times sorted(double[] times) {
    double[] copy = times.clone();
    Arrays.sort(copy);
    return new Times(copy);
  }

  static double millis(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  static void table(String title, int target) {
    System.out.printf(
        "%n| %s | median | min | ratio of medians | of minimums | target |%n"
            + "|---|---:|---:|---:|---:|---:|%n",
        title);
    Bench.target = target;
  }

  static int target;

  static void row(String name, Times times, Times floor) {
    boolean isFloor = times == floor;
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %s | %s | %s |%n",
        name,
        times.median(),
        times.min(),
        isFloor ? "1" : String.format(Locale.ROOT, "%.2f", times.median() / floor.median()),
        isFloor ? "1" : String.format(Locale.ROOT, "%.2f", times.min() / floor.min()),
        isFloor ? "" : target == 1 ? "<= 1" : "< " + target);
  }
}
