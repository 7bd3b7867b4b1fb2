package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.run.Node;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Node processes with data directories of their own on one PostgreSQL, a repository, and runs of
 * scripted agents, each of which has its own script so that its calls can be told apart.
 */
final class ChaosCluster implements AutoCloseable {

  private static final int LOOKS = 100;

  private final TestCommandLine setting;
  private final FixtureRepository repository;
  private final Path calls;
  private final String url;
  private final List<ChildWinnow> nodes = new ArrayList<>();
  private final List<Path> nodeData = new ArrayList<>();
  private final Map<UUID, String> runs = new HashMap<>();
  private int killed;

  private ChaosCluster(TestCommandLine setting, FixtureRepository repository, Path calls)
      throws IOException {
    this.setting = setting;
    this.repository = repository;
    this.calls = calls;
    this.url = TestDatabase.urlOf(setting.data());
  }

  static ChaosCluster create(int nodes) throws IOException {
    TestCommandLine setting = TestCommandLine.create();
    FixtureRepository repository = FixtureRepository.create("shell", setting.newDirectory());
    ChaosCluster cluster =
        new ChaosCluster(setting, repository, setting.newDirectory().resolve("calls"));
    ChaosPoint.prepare(setting.database());
    for (int i = 0; i < nodes; i++) {
      Path data = setting.newDirectory();
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
      cluster.nodeData.add(data);
      cluster.nodes.add(cluster.startNode(data));
    }
    return cluster;
  }

  private ChildWinnow startNode(Path data) throws IOException {
    return ChildWinnow.start(
        setting,
        Map.of(
            "DATABASE_URL",
            url,
            "WINNOW_DATA_DIR",
            data.toString(),
            "WINNOW_SCRIPTED_CALLS",
            calls.toString()),
        "node");
  }

  Database database() {
    return setting.database();
  }

  FixtureRepository repository() {
    return repository;
  }

  List<Path> nodeData() {
    return List.copyOf(nodeData);
  }

  Path calls() {
    return calls;
  }

  /** What takes part in a run. */
  enum Kind {
    ONE_CANDIDATE,
    TWO_CANDIDATES,
    TWO_AND_A_TESTER
  }

  /** Queues a run. */
  UUID submit(String name, int latencyMillis, Kind kind) throws IOException {
    Path scripts = Files.createDirectory(setting.newDirectory().resolve(name));
    for (String script : List.of("right", "subtle", "tester")) {
      String text = Files.readString(repository.scripts().resolve(script + ".json"));
      Files.writeString(
          scripts.resolve(script + ".json"),
          text.replaceFirst("\\{", "{\"latencyMs\": " + latencyMillis + ","));
    }
    List<String> args =
        new ArrayList<>(
            List.of(
                repository.run(
                    "--detach",
                    "--agents",
                    "scripted:"
                        + scripts.resolve("right.json")
                        + (kind == Kind.ONE_CANDIDATE
                            ? ""
                            : ",scripted:" + scripts.resolve("subtle.json")))));
    if (kind == Kind.TWO_AND_A_TESTER) {
      args.addAll(List.of("--tester", "scripted:" + scripts.resolve("tester.json")));
    }
    TestCommandLine.Result queued =
        setting.run(Map.of("DATABASE_URL", url), args.toArray(String[]::new));
    if (queued.exitCode() != 0) {
      throw new AssertionError(queued.err());
    }
    UUID run = UUID.fromString(queued.out().strip());
    runs.put(run, scripts.toString());
    return run;
  }

  Set<UUID> runs() {
    return Set.copyOf(runs.keySet());
  }

  /** Each run has scripts of its own, which is how its calls are told apart. */
  String scriptsOf(UUID run) {
    return Objects.requireNonNull(runs.get(run));
  }

  /** The last event of the run. */
  void awaitEnd(UUID run) {
    new EventReader(database()).follow(run, 0, event -> {}, Cancellation.never());
  }

  /** The number of the node that holds the run's lease now; empty while none does. */
  Optional<Integer> ownerOf(UUID run) {
    Optional<String> owner =
        database()
            .queryOne(
                "select r.owner from run r join scheduled_tasks s on s.task_instance = r.id::text"
                    + " where r.id = ? and s.picked and r.owner is not null",
                row -> row.text("owner"),
                run);
    return owner
        .map(name -> {
          long pid = Long.parseLong(name.split("/", -1)[1]);
          for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).pid() == pid) {
              return i;
            }
          }
          return -1;
        })
        .filter(number -> number >= 0);
  }

  /**
   * Waits for a run at a held point and, for a moment, for others of its node at other points; then
   * kills the node.
   *
   * @param others loses those that were seen
   */
  int killAt(ChaosPoint point, Set<ChaosPoint> others) {
    return point.hold(
        database(),
        run -> {
          int node = ownerOf(run).orElseThrow();
          for (int i = 0; i < LOOKS && !others.isEmpty(); i++) {
            Set<ChaosPoint> seen = seen(others, node, run);
            if (!seen.isEmpty()) {
              others.removeAll(seen);
              break;
            }
            ChaosPoint.pause(database());
          }
          signal(node, "KILL");
          return node;
        });
  }

  private Set<ChaosPoint> seen(Set<ChaosPoint> points, int node, UUID not) {
    Set<ChaosPoint> seen = EnumSet.noneOf(ChaosPoint.class);
    for (ChaosPoint point : points) {
      if (point.find(database(), nodeName(node), not).isPresent()) {
        seen.add(point);
      }
    }
    return seen;
  }

  /** The node of a run that is seen at a point. */
  int nodeAt(ChaosPoint point) {
    while (true) {
      Optional<Integer> node = point.find(database(), "", new UUID(0, 0)).flatMap(this::ownerOf);
      if (node.isPresent()) {
        return node.get();
      }
      ChaosPoint.pause(database());
    }
  }

  private String nodeName(int node) {
    return Node.host() + "/" + nodes.get(node).pid() + "/";
  }

  /** After kill -9, in the same data directory. */
  void restart(int node) throws Exception {
    nodes.get(node).kill();
    nodes.set(node, startNode(nodeData.get(node)));
    killed++;
  }

  int killed() {
    return killed;
  }

  void signal(int node, String signal) {
    command("kill", "-" + signal, String.valueOf(nodes.get(node).pid()));
  }

  private static void command(String... argv) {
    try {
      int _ = new ProcessBuilder(argv).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until some run is to be tried again later. */
  void awaitSecondTry() {
    while (database()
        .queryOne("select 1 as n from run where retries > 0", row -> row.number("n"))
        .isEmpty()) {
      ChaosPoint.pause(database());
    }
  }

  /** As if the disk of the node were full, or not any more. */
  void limitFiles(int node, String bytes) {
    command("prlimit", "--pid", String.valueOf(nodes.get(node).pid()), "--fsize=" + bytes + ":");
  }

  /** The epoch of each run that the node works on. */
  Map<UUID, Long> leases(int node) {
    Map<UUID, Long> leases = new HashMap<>();
    database()
        .query(
            "select r.id, r.lease_epoch from run r join scheduled_tasks s"
                + " on s.task_instance = r.id::text where s.picked and r.owner like ?",
            row -> Map.entry(row.uuid("id"), row.number("lease_epoch")),
            nodeName(node) + "%")
        .forEach(lease -> leases.put(lease.getKey(), lease.getValue()));
    return leases;
  }

  /** Until each of these leases has been taken over, or its run is over. */
  void awaitTakenOver(Map<UUID, Long> leases) {
    for (Map.Entry<UUID, Long> lease : leases.entrySet()) {
      while (database()
          .queryOne(
              "select 1 as n from run where id = ? and lease_epoch = ? and outcome is null",
              row -> row.number("n"),
              lease.getKey(),
              lease.getValue())
          .isPresent()) {
        if (!nodes.stream().allMatch(ChildWinnow::isAlive)) {
          throw new AssertionError("a node ended by itself");
        }
        ChaosPoint.pause(database());
      }
    }
  }

  /**
   * Until every step that two crashes met is done: at a third one its run would rightly be given
   * up, and on a slow machine some steps take as long as several troubles.
   */
  void awaitNoStepNearItsEnd() {
    while (database()
        .queryOne(
            """
            select 1 as n from step s join run r on r.id = s.run_id and r.outcome is null
            group by s.run_id, s.key
            having not bool_or(s.state in ('done', 'failed')) and count(distinct s.epoch)
              filter (where s.state = 'unknown' and s.error is null) >= 2
            limit 1
            """,
            row -> row.number("n"))
        .isPresent()) {
      ChaosPoint.pause(database());
    }
  }

  /** Kills the server; the next statement of {@link #database} starts it again. */
  void killDatabase() throws IOException {
    setting.killDatabase();
    ChaosPoint.pause(database());
  }

  /** Stops the nodes as an operator does. */
  void stopNodes() throws Exception {
    for (ChildWinnow node : nodes) {
      node.signalGroup("TERM");
    }
    for (ChildWinnow node : nodes) {
      int _ = node.finish();
    }
  }

  @Override
  public void close() throws IOException {
    nodes.forEach(ChildWinnow::close);
    setting.close();
  }
}
