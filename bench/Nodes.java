import dev.winnow.Ids;
import dev.winnow.checkpoint.RunQueue;
import dev.winnow.store.Database;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The runs of {@link Durable} on nodes of their own: throughput of two, takeover, cancellation. */
class Nodes {

  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      nodes();
    } else {
      node(URI.create(args[1]), Path.of(args[2]));
    }
  }

  static final int NODE_RUNS = 2; // at the same time on one node: they wait for models and not for a core
  static final int QUEUED = 24;

  /** Runs a second of one node and of two; then how long a takeover and a cancellation take. */
  static void nodes() throws Exception {
    Path data = Bench.directory(Files.createTempDirectory(Path.of("/tmp"), "winnow-bench-").resolve("data"));
    Files.setPosixFilePermissions(data.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
    Process server = Durable.java("LoopbackProvider", "256m").start();
    try (Database database = Database.open(data, Optional.empty(), line -> {})) {
      String url = server.inputReader().readLine();
      List<Double> one = new ArrayList<>();
      List<Double> two = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        one.add(throughput(database, url, data, 1));
        two.add(throughput(database, url, data, 2));
      }
      double a = one.stream().max(Double::compare).orElseThrow();
      double b = two.stream().max(Double::compare).orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "%n| %d runs at a time on a node | runs/s |%n|---|---:|%n| one node | %.1f |%n| two nodes | %.1f |%n| ratio (target >= 1.70) | %.2f |%n",
          NODE_RUNS, a, b, b / a);
      takeover(database, url, data);
    } finally {
      server.destroyForcibly();
      Bench.run(data.getParent(), List.of("rm", "-rf", data.getParent().toString()));
    }
  }

  static List<Process> startNodes(String url, Path data, int count) throws Exception {
    List<Process> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(Durable.java("Nodes", "512m", "node", url, data.toString()).start());
    }
    for (Process node : nodes) {
      String _ = node.inputReader().readLine();
    }
    return nodes;
  }

  static void node(URI url, Path data) throws Exception {
    try (Database database = Database.open(data, Optional.empty(), line -> {});
        Durable.Winnow _ = new Durable.Winnow(url, database, NODE_RUNS, "node/" + ProcessHandle.current().pid() + "/1")) {
      System.out.println("ready");
      Thread.currentThread().join();
    }
  }

  static double throughput(Database database, String url, Path data, int count) throws Exception {
    List<Process> nodes = startNodes(url, data, count);
    try {
      work(database, 2 * NODE_RUNS * count); // warms them up
      return QUEUED / (work(database, QUEUED) / 1000);
    } finally {
      nodes.forEach(Process::destroyForcibly);
      for (Process node : nodes) {
        node.waitFor();
      }
    }
  }

  static double work(Database database, int count) throws Exception {
    return Bench.millis(() -> {
      for (int i = 0; i < count; i++) {
        Durable.queue(database, Ids.next());
      }
      while (number(database, "select count(*) as n from run where outcome is null") > 0) {
        Thread.sleep(20);
      }
    });
  }

  static long number(Database database, String sql) {
    return database.queryOne(sql, row -> row.number("n")).orElseThrow();
  }

  /** From kill -9 to the next pick-up of all runs of the node; from a request to cancel to the end. */
  static void takeover(Database database, String url, Path data) throws Exception {
    List<Double> taken = new ArrayList<>();
    List<Double> cancelled = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      List<Process> nodes = startNodes(url, data, 2);
      try {
        for (int i = 0; i < 8; i++) {
          Durable.queue(database, Ids.next());
        }
        Process victim = nodes.getFirst();
        String owned = "owner = 'node/" + victim.pid() + "/1' and outcome is null";
        // it has lived long enough to take runs from others, as nodes in use have
        while (number(database, "select count(*) as n from node where started_at < clock_timestamp() - interval '6 seconds'") < 2
            || number(database, "select count(*) as n from run where " + owned) == 0) {
          if (number(database, "select count(*) as n from run where outcome is null") < 4) {
            Durable.queue(database, Ids.next());
          }
          Thread.sleep(5);
        }
        long runs = number(database, "select count(*) as n from run where " + owned);
        taken.add(
            Bench.millis(() -> {
              victim.destroyForcibly().waitFor();
              while (number(database, "select count(*) as n from run where " + owned) > 0) {
                Thread.sleep(5);
              }
            }));
        UUID run = Ids.next();
        Durable.queue(database, run);
        while (number(database, "select count(*) as n from step where state = 'started' and run_id = '" + run + "'") == 0) {
          Thread.sleep(1);
        }
        cancelled.add(
            Bench.millis(() -> {
              boolean _ = RunQueue.cancel(database, run, _ -> {});
              while (number(database, "select count(*) as n from scheduled_tasks where task_instance = '" + run + "'") > 0) {
                Thread.sleep(1);
              }
            }));
        if (runs == 0) {
          throw new IllegalStateException("nothing to take over");
        }
        while (number(database, "select count(*) as n from scheduled_tasks") > 0) {
          Thread.sleep(20);
        }
      } finally {
        for (Process node : nodes) {
          node.destroyForcibly().waitFor();
        }
        int _ = database.update("delete from node");
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%n| 5 times | median ms | most ms | target |%n|---|---:|---:|---:|%n| kill -9 to the pick-up of all its runs elsewhere | %.0f | %.0f | < 5,000 |%n| cancel to the end of the work | %.0f | %.0f | < 2,000 |%n",
        taken.stream().sorted().toList().get(2), taken.stream().max(Double::compare).orElseThrow(),
        cancelled.stream().sorted().toList().get(2), cancelled.stream().max(Double::compare).orElseThrow());
  }
}
