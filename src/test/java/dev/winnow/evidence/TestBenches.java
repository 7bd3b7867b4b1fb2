package dev.winnow.evidence;

import dev.winnow.Ids;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.Lease;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.DetectRunner;
import dev.winnow.evidence.runner.FindTools;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.TestRepository;
import dev.winnow.workspace.TestSandboxes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A bench on a real repository, database and sandbox. */
final class TestBenches implements AutoCloseable {

  final Database database = TestDatabase.fresh();
  final UUID run = Ids.next();
  final TestRepository repository;
  final Mirror mirror;
  final TestBench bench;
  final String base;

  TestBenches(Map<String, String> files) {
    Sandbox sandbox = TestSandboxes.chosen();
    Path data = TestSandboxes.data();
    repository = TestRepository.of(data.resolve("repository-" + run), files);
    mirror = Mirror.open(data, repository.root());
    base = mirror.treeOf(mirror.pin("HEAD"));
    database.update(
        "insert into run (id, kind, state, task, repository) values (?, 'change', 'queued', 't', 'r')",
        run);
    CheckpointManager steps = new CheckpointManager(database, Lease.acquire(database, run, "test"));
    DetectRunner.Detected detected =
        DetectRunner.detect(
            mirror.files(base),
            paths ->
                paths.stream()
                    .collect(
                        Collectors.toMap(
                            path -> path,
                            path ->
                                new String(
                                    mirror.read(base, path, 1 << 20).orElseThrow(),
                                    StandardCharsets.UTF_8))),
            DetectRunner.Options.NONE);
    PreparedRunner runner =
        new BindRunner(data, sandbox, FindTools.onThisMachine())
            .bind((DetectRunner.Detected.Found) detected);
    bench =
        new TestBench(
            mirror, sandbox, runner, data.resolve("work"), steps, 4, Duration.ofSeconds(60));
  }

  /** The base with these files written over it, as a tree; an empty content deletes the file. */
  String tree(Map<String, String> files) {
    repository.git("checkout", "-q", "-f", "main");
    repository.git("clean", "-fdq");
    files.forEach((path, content) -> {
      if (content.isEmpty()) {
        repository.git("rm", "-q", path);
      } else {
        repository.write(path, content);
      }
    });
    repository.git("checkout", "-q", "--detach");
    String commit = repository.commit("candidate");
    String tree = mirror.treeOf(mirror.pin(commit));
    repository.git("checkout", "-q", "-f", "main");
    return tree;
  }

  long journalledRuns() {
    return database
        .queryOne(
            "select count(*) as n from step where run_id = ? and key like 'tests/%'",
            row -> row.number("n"), run)
        .orElseThrow();
  }

  @Override
  public void close() {
    database.close();
  }
}
