package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * Node processes with data directories of their own on one PostgreSQL, a repository, and runs of
 * scripted agents, each of which has its own script so that its calls can be told apart.
 */
final class ChaosCluster implements AutoCloseable {

  private final TestCommandLine setting;
  private final FixtureRepository repository;
  private final Path calls;
  private final String url;
  private final List<ChildWinnow> nodes = new ArrayList<>();
  private final List<Path> nodeData = new ArrayList<>();
  private final Map<UUID, String> runs = new HashMap<>();

  private ChaosCluster(TestCommandLine setting, FixtureRepository repository, Path calls)
      throws IOException {
    this.setting = setting;
    this.repository = repository;
    this.calls = calls;
    this.url = TestDatabase.urlOf(setting.data());
  }

  static ChaosCluster create(int nodes) throws IOException {
    TestCommandLine setting = TestCommandLine.create();
    FixtureRepository repository =
        FixtureRepository.create("python-unittest", setting.newDirectory());
    ChaosCluster cluster =
        new ChaosCluster(setting, repository, setting.newDirectory().resolve("calls"));
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

  /** Queues a run of two candidates and a tester. */
  UUID submit(String name, int latencyMillis) throws IOException {
    Path scripts = Files.createDirectory(setting.newDirectory().resolve(name));
    for (String script : List.of("right", "subtle", "tester")) {
      String text = Files.readString(repository.scripts().resolve(script + ".json"));
      Files.writeString(
          scripts.resolve(script + ".json"),
          text.replaceFirst("\\{", "{\"latencyMs\": " + latencyMillis + ","));
    }
    TestCommandLine.Result queued =
        setting.run(
            Map.of("DATABASE_URL", url),
            "run",
            "--detach",
            "--repo",
            repository.directory().toString(),
            "--task",
            repository.task(),
            "--agents",
            "scripted:%s,scripted:%s"
                .formatted(scripts.resolve("right.json"), scripts.resolve("subtle.json")),
            "--tester",
            "scripted:" + scripts.resolve("tester.json"));
    if (queued.exitCode() != 0) {
      throw new AssertionError(queued.err());
    }
    UUID run = UUID.fromString(queued.out().strip());
    runs.put(run, scripts.toString());
    return run;
  }

  /** Where the scripts of each run are, which is how its calls are told apart. */
  Map<UUID, String> runs() {
    return Map.copyOf(runs);
  }

  /** Waits for the first event of the run that fits, from the sequence number on. */
  RecordedEvent await(UUID run, long after, Predicate<RecordedEvent> wanted) {
    Cancellation found = new Cancellation();
    AtomicReference<RecordedEvent> first = new AtomicReference<>();
    try {
      new EventReader(database())
          .follow(
              run,
              after,
              event -> {
                if (wanted.test(event)) {
                  first.set(event);
                  found.cancel("found");
                }
              },
              found);
    } catch (Cancellation.Cancelled e) {
      // it was found
    }
    RecordedEvent event = first.get();
    if (event == null) {
      throw new AssertionError("run " + run + " ended before that");
    }
    return event;
  }

  /** A moment, on the server's clock. */
  void pause() {
    var _ =
        database().query("select pg_sleep(0.05)::text as slept", row -> row.textOrNull("slept"));
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

  /** kill -9, and a new start in the same data directory. */
  void killAndRestart(int node) throws Exception {
    nodes.get(node).kill();
    nodes.set(node, startNode(nodeData.get(node)));
  }

  void signal(int node, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(nodes.get(node).pid()))
        .start()
        .waitFor();
  }

  /** Kills the server; the next statement of {@link #database} starts it again. */
  void killDatabase() throws IOException {
    setting.killDatabase();
    var _ = database().query("select 1 as one", row -> row.number("one"));
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
