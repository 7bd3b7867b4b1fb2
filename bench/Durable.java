import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.Ids;
import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentReply;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.AssistantAgent;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderAccount;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.provider.SdkModels;
import dev.winnow.agent.tool.Tool;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.Ending;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.HeldRun;
import dev.winnow.checkpoint.NodeOptions;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.RunNode;
import dev.winnow.checkpoint.RunQueue;
import dev.winnow.checkpoint.WorkOnRun;
import dev.winnow.store.Database;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Two candidates of five turns with four tool calls, then one judge call; each model call takes 100
 * ms, so 600 ms are ideal. Winnow's own loop, queue, lease, journal, ledger and events, against the
 * JDK's HttpClient on virtual threads with one PostgreSQL insert for each step. Both talk to the
 * same server and the same embedded PostgreSQL, in processes of their own, in turns.
 */
class Durable {

  static final List<Integer> CONCURRENT = List.of(1, 50, 500);
  static final Map<Integer, Integer> WARM = Map.of(1, 15, 50, 4, 500, 1); // runs of each of the concurrent ones that do not count
  static final Map<Integer, Integer> EACH = Map.of(1, 25, 50, 16, 500, 4); // and that do
  static final int ROUNDS = 3;

  /** A node is left running: both sides work at 50 this long, and until their compilers are done, before anything counts. */
  static final int WARM_UP = Integer.getInteger("warm", 30); // seconds
  static final int LONGEST_WARM_UP = 180;
  static final double COMPILERS_DONE = 0.1; // for so much of the time one of them works
  static final int WARM_AT = 50;
  static final int CONNECTIONS = 8;

  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args[0].equals("compare")) {
      int rounds = args.length > 1 ? Integer.parseInt(args[1]) : ROUNDS;
      List<Integer> levels =
          args.length > 2 ? Stream.of(args).skip(2).map(Integer::valueOf).toList() : CONCURRENT;
      compare(rounds, levels);
    } else {
      client(
          args[0], URI.create(args[1]), Path.of(args[2]), Integer.parseInt(args[3]),
          Stream.of(args).skip(4).map(Integer::valueOf).toList());
    }
  }

  // ------------------------------------------------------------------ what is compared

  static void compare(int rounds, List<Integer> levels) throws Exception {
    Path data = Bench.directory(Files.createTempDirectory(Path.of("/tmp"), "winnow-bench-").resolve("data"));
    Files.setPosixFilePermissions(data.getParent(), java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    Process server = java("LoopbackProvider", "256m").start();
    try (Database _ = Database.open(data, Optional.empty(), line -> {})) {
      String url = server.inputReader().readLine();
      compare("warmed up", url, data, WARM_UP, rounds, levels);
      compare("a process that has just started", url, data, 0, 1, levels);
    } finally {
      server.destroyForcibly();
      Bench.run(data.getParent(), List.of("rm", "-rf", data.getParent().toString()));
    }
  }

  static void compare(String title, String url, Path data, int warmUp, int rounds, List<Integer> levels) throws Exception {
    Map<String, List<double[]>> results = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      for (String kind : List.of("bare", "winnow")) {
        // in a fresh process each level is one's own
        for (List<Integer> some : warmUp > 0 ? List.of(levels) : levels.stream().map(List::of).toList()) {
          measure(kind, url, data, warmUp, some, results);
        }
      }
    }
    System.out.println(
        "\n" + title
            + "\n\n| concurrent | | p50 ms | ratio | runs/s | ratio | CPU ms a run: process | PostgreSQL | both | ratio | of processes alone |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (int level : levels) {
      double[] floor = best(results.get("bare " + level));
      for (int i = 0; i < 2; i++) {
        double[] mine = best(results.get((i == 0 ? "bare " : "winnow ") + level));
        System.out.printf(
            Locale.ROOT,
            "| %d | %s | %.0f | %s | %.1f | %s | %.1f | %.1f | %.1f | %s | %s |%n",
            level, i == 0 ? "bare Java" : "Winnow",
            mine[0], ratio(i, mine[0] / floor[0]), mine[1], ratio(i, mine[1] / floor[1]),
            mine[2], mine[3], mine[2] + mine[3],
            ratio(i, (mine[2] + mine[3]) / (floor[2] + floor[3])), ratio(i, mine[2] / floor[2]));
      }
    }
  }

  static String ratio(int row, double ratio) {
    return row == 0 ? "1" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  /** The least of each, the most of throughput: what others do on the machine only makes it worse. */
  static double[] best(List<double[]> all) {
    double[] best = all.getFirst().clone();
    for (double[] one : all) {
      for (int i = 0; i < best.length; i++) {
        best[i] = i == 1 ? Math.max(best[i], one[i]) : Math.min(best[i], one[i]);
      }
    }
    return best;
  }

  static void measure(
      String kind, String url, Path data, int warmUp, List<Integer> levels, Map<String, List<double[]>> results)
      throws Exception {
    List<String> args = new ArrayList<>(List.of(kind, url, data.toString(), "" + warmUp));
    levels.forEach(level -> args.add("" + level));
    Process client = java("Durable", "1g", args.toArray(String[]::new)).start();
    for (int level : levels) {
      String line = client.inputReader().readLine();
      if (line == null) {
        throw new IllegalStateException(kind + " ended with " + client.waitFor());
      }
      System.err.println(level + " " + kind + " " + line);
      results
          .computeIfAbsent(kind + " " + level, _ -> new ArrayList<>())
          .add(Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray());
    }
    int _ = client.waitFor();
  }

  /** As the launcher starts a node: both sides get the same collector and the same cache of classes. */
  static ProcessBuilder java(String main, String heap, String... args) {
    String aot = System.getProperty("winnow.aot", "");
    List<String> command =
        new ArrayList<>(
            List.of(
                Bench.JAVA.toString(), "-Xmx" + heap, "-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED",
                "-Dwinnow.aot=" + aot, "-cp", System.getProperty("java.class.path")));
    if (Files.isRegularFile(Path.of(aot))) {
      command.addAll(List.of("-XX:AOTCache=" + aot, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    command.addAll(List.of(System.getProperty("winnow.bench.flags", "").split(" ")));
    command.removeIf(String::isEmpty);
    command.add(main);
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  // ------------------------------------------------------------------ a client

  interface Runs extends AutoCloseable {
    void run() throws Exception;

    @Override
    void close();
  }

  /** Prints for each level p50 in ms, runs a second, and the CPU ms of this process and of PostgreSQL for each run. */
  static void client(String kind, URI url, Path data, int warmUp, List<Integer> levels) throws Exception {
    int most = levels.stream().max(Integer::compare).orElseThrow();
    try (Database database = Database.open(data, Optional.empty(), line -> {});
        Runs runs = kind.equals("bare") ? new Bare(url, database) : new Winnow(url, database, most, "bench/1/1")) {
      if (warmUp > 0) {
        warmUp(kind, runs, warmUp);
      }
      for (int level : levels) {
        List<Double> _ = round(runs, level, warmUp > 0 ? 1 : WARM.get(level));
        measure(kind, runs, data, level);
      }
    }
    System.exit(0);
  }

  static void warmUp(String kind, Runs runs, int seconds) throws Exception {
    var compilers = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    long passed = 0;
    double share = 1;
    while (passed < seconds || (share > COMPILERS_DONE && passed < LONGEST_WARM_UP)) {
      long round = System.nanoTime();
      long before = compilers.getTotalCompilationTime();
      List<Double> _ = round(runs, WARM_AT, 8);
      share = (compilers.getTotalCompilationTime() - before) * 1e6 / (System.nanoTime() - round);
      passed = (System.nanoTime() - start) / 1_000_000_000;
    }
    System.err.printf(Locale.ROOT, "%s: warm after %d s, compilers work %.0f %% of the time%n", kind, passed, 100 * share);
  }

  static void measure(String kind, Runs runs, Path data, int level) throws Exception {
    var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double server = postgresSeconds(data);
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    Map<String, Long> before = ticksByThread();
    List<Double> times = round(runs, level, EACH.get(level));
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuMillis = (system.getProcessCpuTime() - cpu) / 1e6;
    System.out.printf(
        Locale.ROOT, "%f %f %f %f%n",
        times.stream().sorted().toList().get(times.size() / 2), times.size() / seconds,
        cpuMillis / times.size(), (postgresSeconds(data) - server) * 1000 / times.size());
    Map<String, Long> after = ticksByThread();
    after.replaceAll((name, ticks) -> (ticks - before.getOrDefault(name, 0L)) * 10);
    after.values().removeIf(millis -> millis == 0);
    System.err.println(kind + " at " + level + ", CPU ms of " + times.size() + " runs by thread: " + after);
  }

  static List<Double> round(Runs runs, int concurrent, int each) throws Exception {
    List<Double> times = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Double>>> slots = new ArrayList<>();
      for (int i = 0; i < concurrent; i++) {
        slots.add(
            executor.submit(() -> {
              List<Double> mine = new ArrayList<>();
              for (int n = 0; n < each; n++) {
                mine.add(Bench.millis(runs::run));
              }
              return mine;
            }));
      }
      for (Future<List<Double>> slot : slots) {
        times.addAll(slot.get());
      }
    }
    return times;
  }

  /** Hundredths of a second: what compiles, collects garbage and works. */
  static Map<String, Long> ticksByThread() throws Exception {
    Map<String, Long> ticks = new TreeMap<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        String stat;
        try {
          stat = Files.readString(thread.resolve("stat"));
        } catch (java.io.IOException e) {
          continue; // it ended
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replaceAll("[-#\\d]+.*", "");
        ticks.merge(name, Long.parseLong(fields[11]) + Long.parseLong(fields[12]), Long::sum);
      }
    }
    return ticks;
  }

  /** Of all processes of the server. */
  static double postgresSeconds(Path data) throws Exception {
    String postmaster = Files.readAllLines(data.resolve("pg/data/postmaster.pid")).getFirst().strip();
    double ticks = 0;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        try {
          String stat = Files.readString(process.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
          if (fields[1].equals(postmaster) || process.endsWith(postmaster)) {
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
          }
          if (process.endsWith(postmaster)) { // and of those that have ended
            ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
          }
        } catch (java.io.IOException e) {
          // it ended
        }
      }
    }
    return ticks / 100;
  }

  // ------------------------------------------------------------------ bare Java

  static final class Bare implements Runs {
    final HttpClient http = HttpClient.newHttpClient();
    final URI url;
    final ArrayBlockingQueue<Connection> pool = new ArrayBlockingQueue<>(CONNECTIONS, true);

    Bare(URI url, Database database) throws Exception {
      this.url = url.resolve("/v1/responses");
      for (int i = 0; i < CONNECTIONS; i++) {
        Connection connection = database.separateConnections().getConnection();
        connection.setAutoCommit(true);
        pool.add(connection);
      }
      try (var statement = pool.peek().createStatement()) {
        statement.execute(
            "create table if not exists bare (run uuid, key text, result json, at timestamptz default clock_timestamp(), primary key (run, key))");
      }
    }

    @Override
    public void run() throws Exception {
      UUID run = Ids.next();
      List<Integer> _ =
          Fork.each(List.of(1, 2), Cancellation.never(), candidate -> _ -> {
            String conversation = "p".repeat(2000);
            for (int turn = 1; turn <= 5; turn++) {
              String reply = call(conversation);
              step(run, "c" + candidate + "/turn-" + turn + "/call", reply);
              if (turn < 5) {
                step(run, "c" + candidate + "/turn-" + turn + "/tool", "{\"result\":\"" + "r".repeat(500) + "\"}");
                conversation += reply.replaceAll("[^a-z]", "") + "\\\"function_call_output\\\"" + "r".repeat(500);
              }
            }
            return 1;
          });
      step(run, "judge", call("JUDGE" + "p".repeat(2000)));
    }

    String call(String conversation) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(url)
              .version(HttpClient.Version.HTTP_1_1)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"input\": \"" + conversation + "\"}"))
              .build();
      StringBuilder last = new StringBuilder();
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("data:")) {
            last.setLength(0);
            last.append(line, 5, line.length());
          }
        }
      }
      return last.toString();
    }

    void step(UUID run, String key, String result) throws Exception {
      Connection connection = pool.take();
      try (var statement = connection.prepareStatement("insert into bare (run, key, result) values (?, ?, ?::json)")) {
        statement.setObject(1, run);
        statement.setString(2, key);
        statement.setString(3, result);
        statement.executeUpdate();
      } finally {
        pool.add(connection);
      }
    }

    @Override
    public void close() {}
  }

  // ------------------------------------------------------------------ Winnow

  static final class Winnow implements Runs {
    final Database database;
    final ChatModel model;
    final RunNode node;
    final Map<UUID, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    Winnow(URI url, Database database, int concurrent, String name) {
      this.database = database;
      ProviderLimits limits = ProviderLimits.DEFAULT.withRate(2 * concurrent, Integer.MAX_VALUE);
      this.model =
          new SdkModels(PriceTable.packaged(), Map.of(Provider.OPENAI, limits), Map.of(), UpstreamProxy.NONE)
              .openAi(
                  "openai-responses:gpt-5.1-codex",
                  new ProviderAccount("sk-bench", Optional.of(url.resolve("/v1")), Optional.empty()),
                  OptionalDouble.empty());
      this.node =
          RunNode.start(
              database,
              new NodeOptions(name, concurrent, Optional.empty(), List.of(), Optional.empty(), Map.of()),
              onRuns(this::work));
    }

    @Override
    public void run() throws Exception {
      UUID run = Ids.next();
      CompletableFuture<Boolean> over = new CompletableFuture<>();
      waiting.put(run, over);
      queue(database, run);
      over.get();
    }

    Ending work(HeldRun held) {
      Ending ending;
      try {
        ending = workload(database, model, held);
      } catch (Cancellation.Cancelled e) {
        boolean _ = database.update("update run set outcome = 'cancelled' where id = ?", held.lease().run()) == 1;
        ending = new Ending.Done();
      }
      CompletableFuture<Boolean> over = waiting.remove(held.lease().run());
      if (over != null) {
        over.complete(true);
      }
      return ending;
    }

    @Override
    public void close() {
      node.close();
    }
  }

  static WorkOnRun onRuns(java.util.function.Function<HeldRun, Ending> work) {
    return new WorkOnRun() {
      @Override
      public Ending work(HeldRun run) {
        return work.apply(run);
      }

      @Override
      public Ending giveUp(HeldRun run, String reason) {
        throw new IllegalStateException(reason);
      }
    };
  }

  static void queue(Database database, UUID run) {
    boolean _ =
        database.inTransaction(transaction -> {
          transaction.update(
              "insert into run (id, kind, state, task, repository) values (?, 'change', 'queued', 'bench', '/r')", run);
          RunQueue.add(transaction, run);
          return true;
        });
  }

  static Ending workload(Database database, ChatModel model, HeldRun held) {
    CheckpointManager steps = new CheckpointManager(database, held.lease(), held::check);
    EventLog log = new EventLog(database, held.lease());
    log.tell(new RunEvent.PhaseStarted("candidates"));
    List<AgentReply> replies =
        Fork.each(List.of("c1", "c2"), held.cancellation(), candidate -> stop ->
            ask(candidate, List.of(new Look()), "red", "p".repeat(2000), model, steps, log, stop));
    replies = new ArrayList<>(replies);
    replies.add(ask("judge", List.of(), "verdict", "JUDGE" + "p".repeat(2000), model, steps, log, held.cancellation()));
    if (Look.CALLS.get() == 0 || !replies.stream().allMatch(r -> r.ending() == AgentReply.Ending.DONE)
        || replies.stream().mapToInt(AgentReply::turns).sum() != 11) {
      throw new IllegalStateException("not the workload: " + replies);
    }
    log.finish(
        new RunEvent.RunFinished("accepted", "", Map.of()),
        "state = 'done', outcome = ?, finished_at = clock_timestamp()",
        "accepted");
    return new Ending.Done();
  }

  static AgentReply ask(
      String candidate, List<Tool> tools, String purpose, String text,
      ChatModel model, CheckpointManager steps, EventLog log, Cancellation stop) {
    AgentContext context =
        new AgentContext(candidate, "rules", tools, AgentLimits.DEFAULT, steps, (_, _) -> {}, log::tell);
    try (AgentSession session = new AssistantAgent("bench", Agent.Kind.SDK, model).open(context)) {
      return session.prompt(new Prompt(purpose, text), stop);
    }
  }
}
