package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.store.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that is worked on by a node with nothing but the database. */
@Timeout(180)
class DetachedRunTest {

  @Test
  void aNodeWithoutTheRepositoryDecidesAndTheBranchIsCreatedWhereItIs() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.create()) {
      String url = TestDatabase.urlOf(winnow.data());
      Map<String, String> team = Map.of("DATABASE_URL", url);
      FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
      // a script that is gone by then, too
      Path script = winnow.newDirectory().resolve("agent.json");
      Files.copy(python.scripts().resolve("right.json"), script);
      TestCommandLine.Result queued =
          winnow.run(
              team,
              "run",
              "--detach",
              "--repo",
              python.directory().toString(),
              "--task",
              python.task(),
              "--agents",
              "scripted:" + script);
      assertThat(queued.exitCode()).as(queued.err()).isZero();
      assertThat(queued.err()).contains("No node is running");
      String run = queued.out().strip();
      Files.delete(script);
      Path elsewhere = python.directory().resolveSibling("moved-away");
      Files.move(python.directory(), elsewhere);

      Path nodeData = winnow.newDirectory();
      Files.setPosixFilePermissions(nodeData, PosixFilePermissions.fromString("rwx--x--x"));
      try (ChildWinnow node =
              ChildWinnow.start(
                  winnow,
                  Map.of("DATABASE_URL", url, "WINNOW_DATA_DIR", nodeData.toString()),
                  "node");
          ChildWinnow watch = ChildWinnow.start(winnow, team, "runs", "watch", "--json", run)) {
        assertThat(watch.finish()).isZero();
        assertThat(watch.last().path("outcome").asText()).isEqualTo("accepted");
        assertThat(watch.last().path("branch").isNull()).isTrue();
        node.signalGroup("TERM");
        int _ = node.finish();
      }
      assertThat(winnow.run(team, "runs", "deliver", run).err()).contains("no repository");

      Files.move(elsewhere, python.directory());
      TestCommandLine.Result delivered = winnow.run(team, "runs", "deliver", run);
      assertThat(delivered.exitCode()).as(delivered.err()).isZero();
      String branch = delivered.out().strip();
      assertThat(git(python.directory(), "show", branch + ":roman.py")).contains("from_roman");
      assertThat(winnow.run(team, "runs", "deliver", run).out().strip()).isEqualTo(branch);
      assertThat(git(python.directory(), "branch", "--list", "winnow/*").lines()).hasSize(1);
      assertThat(winnow.run(team, "runs", "show", run).out()).contains(branch);
    }
  }
}
