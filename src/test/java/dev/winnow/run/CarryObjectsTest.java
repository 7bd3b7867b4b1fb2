package dev.winnow.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.SharedRemote;
import dev.winnow.workspace.TestRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node leaves, another one with a data directory of its own finds. */
class CarryObjectsTest {

  private final Database database = TestDatabase.fresh();
  private final List<String> said = new ArrayList<>();
  private final UUID run = Ids.next();
  private Path temp = Path.of("/nowhere");
  private Path shared = temp;
  private SharedRemote remote = SharedRemote.parse("/nowhere", Map.of());
  private @SuppressWarnings("NullAway.Init") Mirror mirror;
  private String base = "";
  private String first = "";
  private String second = "";

  @BeforeEach
  void prepare(@TempDir Path directory) {
    temp = directory;
    shared = directory.resolve("shared.git");
    TestRepository bare = TestRepository.empty(directory.resolve("elsewhere"));
    bare.git("init", "-q", "--bare", shared.toString());
    remote = SharedRemote.parse(shared.toString(), Map.of());
    TestRepository repository =
        TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    repository.write("b.txt", "history\n").commit("history");
    mirror = Mirror.open(directory.resolve("data"), repository.root());
    base = mirror.pin("HEAD");
    repository.write("a.txt", "two\n").commit("first");
    first = mirror.treeOf(mirror.pin("HEAD"));
    repository.write("c.txt", "three\n").commit("second");
    second = mirror.treeOf(mirror.pin("HEAD"));
    database.update(
        "insert into run (id, kind, state, task, repository) values (?, 'change', 'running', 't', '/')",
        run);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private CarryObjects carrier(Optional<SharedRemote> place) {
    return new CarryObjects(
        database, place, mirror, Lease.acquire(database, run, "node"), base, this::tell);
  }

  private void tell(RunEvent event) {
    said.add(event.toString());
  }

  /** The mirror of a node that has neither the repository nor anything of the run. */
  private Mirror elsewhere() throws IOException {
    Path data = Files.createTempDirectory(temp, "node-");
    return Mirror.forRun(data, Path.of("/not/here"), mirror.identity(), "sha1", base);
  }

  private void receive(Mirror node, Optional<SharedRemote> place) {
    new ReceiveObjects(database, place).receive(node, run, base);
  }

  @Test
  void aRemoteCarriesBaseSnapshotsAndTheCommitOfACandidate() throws IOException {
    String commit = mirror.commit(second, base, "c1", Instant.EPOCH);
    try (CarryObjects carrier = carrier(Optional.of(remote))) {
      carrier.sendBase(database);
      carrier.send("c1", first, mirror.treeOf(base));
      carrier.send("c1", second, first);
      carrier.send("c1", commit, second);
    }
    assertThat(said).isEmpty();
    Mirror node = elsewhere();
    receive(node, Optional.of(remote));
    assertThat(node.read(first, "a.txt", 100)).hasValue("two\n".getBytes(StandardCharsets.UTF_8));
    assertThat(node.treeOf(commit)).isEqualTo(second);
    assertThat(node.changes(node.treeOf(base), second)).hasSize(2);
    // nothing of it travelled through the database
    assertThat(database.query("select 1 as n from object_chunk", row -> row.number("n"))).isEmpty();
    assertThatThrownBy(() -> receive(elsewhere(), Optional.empty()))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("set 'snapshots' to it");
  }

  @Test
  void aRemoteThatIsAwayIsSaidOnceAndGetsEverythingLater() throws IOException {
    Path away = Files.move(shared, temp.resolve("away"));
    CarryObjects carrier = carrier(Optional.of(remote));
    carrier.sendBase(database);
    carrier.send("c1", first, mirror.treeOf(base));
    carrier.send("c1", second, first);
    assertThat(said).singleElement().asString().contains(shared.toString(), "The run goes on");
    assertThatThrownBy(() -> remote.check(temp.resolve("data")))
        .hasMessageContaining("cannot be used");
    Files.move(away, shared);
    remote.check(temp.resolve("data"));
    carrier.close();
    assertThat(said).hasSize(2).last().asString().contains("answers again");
    Mirror node = elsewhere();
    receive(node, Optional.of(remote));
    assertThat(node.has(first) && node.has(second)).isTrue();
  }

  @Test
  void housekeepingDeletesOldRunsFromTheRemoteUnlessAForkNeedsThem() {
    try (CarryObjects carrier = carrier(Optional.of(remote))) {
      carrier.send("c1", first, mirror.treeOf(base));
      carrier.send("c2", second, mirror.treeOf(base));
    }
    Set<String> kept = Set.of(SharedRemote.ref(mirror, run + "/c2-1"));
    assertThat(remote.delete(temp.resolve("data"), List.of(run.toString()), Set.of(), kept))
        .isEqualTo(1);
    assertThat(new TestRepository(shared).git("for-each-ref", "--format=%(refname)"))
        .isEqualTo(kept.iterator().next());
  }

  @Test
  void theDatabaseCarriesTheSame() throws IOException {
    try (CarryObjects carrier = carrier(Optional.empty())) {
      carrier.sendBase(database);
      carrier.send("c1", first, mirror.treeOf(base));
    }
    Mirror node = elsewhere();
    receive(node, Optional.of(remote)); // whatever this node would use itself
    assertThat(node.has(base) && node.has(first)).isTrue();
  }
}
