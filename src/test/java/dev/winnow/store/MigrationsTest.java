package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MigrationsTest {

  @Test
  void theNewestVersionIsTheNumberOfTheNewestFile() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
      assertThat(files.map(f -> f.getFileName().toString().replaceFirst("^V(\\d+)__.*", "$1")))
          .contains(String.valueOf(Migrations.NEWEST))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void twoProcessesMayMigrateAnExternalDatabaseAtOnce() throws Exception {
    String url = TestDatabase.emptyUrl();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(
            executor.submit(() -> {
              try (Database database =
                  Database.open(Path.of("/nonexistent"), Optional.of(url), line -> {})) {
                return database
                    .queryOne("select count(*) as n from run", row -> row.number("n"))
                    .orElseThrow();
              }
            }));
      }
      for (Future<Long> one : all) {
        assertThat(one.get()).isZero();
      }
    }
  }

  @Test
  void aDatabaseOfANewerWinnowIsRefused() throws Exception {
    String url = TestDatabase.emptyUrl();
    Path unused = Path.of("/nonexistent");
    try (Database database = Database.open(unused, Optional.of(url), line -> {})) {
      database.update("update flyway_schema_history set version = '99' where version = '1'");
    }
    assertThatThrownBy(() -> Database.open(unused, Optional.of(url), line -> {}))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("newer Winnow");
  }
}
