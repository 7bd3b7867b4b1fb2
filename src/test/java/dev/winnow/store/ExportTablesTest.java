package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExportTablesTest {

  private static final String HOSTILE = "tab\there \\N \\. new\nline \\t ü \uD83D\uDE00 'quote\"";

  @TempDir private Path directory;
  private final UUID run = UUID.randomUUID();
  private Database from;
  private Database to;

  @BeforeEach
  void open() {
    from = TestDatabase.fresh();
    to = TestDatabase.fresh();
    addRun(from, run);
  }

  @AfterEach
  void close() {
    from.close();
    to.close();
  }

  private static void addRun(Database database, UUID run) {
    database.update(
        """
        insert into run (id, kind, state, task, repository, result)
        values (?, 'change', 'done', ?, '/repository', ?)
        """,
        run,
        HOSTILE,
        Jsonb.of(List.of(HOSTILE)));
    database.update(
        """
        insert into step (run_id, key, epoch, state, input_hash, input, result)
        values (?, 'c1/x', 1, 'done', ?, ?, cast(? as json))
        """,
        run,
        new byte[] {0, 1, (byte) 0xff},
        HOSTILE,
        "{\"a\": \"\\u0000 kept to the character\"}");
    database.update(
        "insert into event (run_id, sequence, body) values (?, 1, ?)", run, Jsonb.of(HOSTILE));
  }

  private Path export(Database database) {
    Path file = directory.resolve(UUID.randomUUID() + ".winnow");
    try (WriteArchive archive = WriteArchive.create(file)) {
      ExportTables.write(database, archive, "test", more -> {});
    }
    return file;
  }

  private static void read(Database database, Path file, boolean replace) {
    try (ReadArchive archive = ReadArchive.open(file)) {
      ImportTables.read(database, archive, replace, () -> {});
    }
  }

  private static List<String> rows(Database database) {
    List<String> rows = new ArrayList<>();
    for (String table : ExportTables.ALL) {
      rows.addAll(
          database.query(
              "select '%s ' || t::text as row from %s t order by 1".formatted(table, table),
              row -> row.text("row")));
    }
    return rows;
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category()).isEqualTo(Category.USAGE))
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void namesEveryTableParentsFirst() {
    assertThat(
            from.query(
                """
                select relname from pg_class where relkind = 'r'
                  and relnamespace = current_schema()::regnamespace
                  and relname <> 'flyway_schema_history'
                """,
                row -> row.text("relname")))
        .containsExactlyInAnyOrderElementsOf(ExportTables.ALL);
    for (String pair :
        from.query(
            """
            select conrelid::regclass || ' ' || confrelid::regclass as pair
            from pg_constraint where contype = 'f' and conrelid <> confrelid
            """,
            row -> row.text("pair"))) {
      String[] names = pair.split(" ", 2);
      assertThat(ExportTables.ALL.indexOf(names[0]))
          .as(pair)
          .isGreaterThan(ExportTables.ALL.indexOf(names[1]));
    }
  }

  @Test
  void everyRowComesBackToTheCharacter() throws IOException {
    Path file = export(from);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    read(to, file, false);
    assertThat(rows(to)).isEqualTo(rows(from)).isNotEmpty();
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void whatIsNotEmptyIsReplacedOnlyWhenToldSo() {
    Path file = export(from);
    addRun(to, UUID.randomUUID());
    List<String> before = rows(to);
    assertRefused(() -> read(to, file, false), "1 runs already");
    assertThat(rows(to)).isEqualTo(before);
    read(to, file, true);
    assertThat(rows(to)).isEqualTo(rows(from));
  }

  @Test
  void ofTwoImportsAtOnceOneIsRefused() throws Exception {
    Path file = export(from);
    int refused = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(executor.submit(() -> read(to, file, false)));
      }
      for (Future<?> one : both) {
        try {
          one.get();
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e).hasMessageContaining("already");
          refused++;
        }
      }
    }
    assertThat(refused).isEqualTo(1);
    assertThat(rows(to)).isEqualTo(rows(from));
  }

  @Test
  void anExistingFileIsNotOverwritten() throws IOException {
    Path file = Files.writeString(directory.resolve("mine"), "mine");
    assertRefused(() -> WriteArchive.create(file), "exists already");
    assertThat(file).hasContent("mine");
    assertRefused(() -> WriteArchive.create(directory.resolve("no/such/directory")), "cannot be");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 0.999})
  void aCutFileIsRefusedAndNothingIsImported(double share) throws IOException {
    Path file = export(from);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength((long) (cut.length() * share));
    }
    assertRefused(() -> read(to, file, false), "cut or altered");
    assertThat(rows(to)).isEmpty();
  }

  @Test
  void anyAlteredByteIsNoticedOrMeansNothing() throws IOException {
    byte[] whole = Files.readAllBytes(export(from));
    List<String> expected = rows(from);
    int refused = 0;
    for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 60)) {
      byte[] altered = whole.clone();
      altered[at] ^= 0x55;
      Path file = Files.write(directory.resolve("altered" + at), altered);
      try {
        read(to, file, true);
        // a byte that no reader looks at, such as a time stamp in the zip's directory
        assertThat(rows(to)).isEqualTo(expected);
      } catch (WinnowException e) {
        assertThat(e.category()).isEqualTo(Category.USAGE);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
  }

  @Test
  void whatIsNoExportIsRefused() throws IOException {
    assertRefused(() -> ReadArchive.open(directory.resolve("none")), "There is no file");
    assertRefused(() -> ReadArchive.open(directory), "There is no file");
    Path text = Files.writeString(directory.resolve("text"), "a letter");
    assertRefused(() -> ReadArchive.open(text), "cut or altered");
    Path zip = directory.resolve("zip");
    try (var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new java.util.zip.ZipEntry("manifest.json"));
      out.write("{\"format\": 99}".getBytes(StandardCharsets.UTF_8));
    }
    assertRefused(() -> ReadArchive.open(zip), "newer Winnow");
  }

  @Test
  void anExportOfTheFirstSchemaIsBroughtUpToDate() throws Exception {
    String url = TestDatabase.emptyUrl();
    ConnectionSource old = ConnectionSource.External.parse(url);
    Flyway.configure()
        .dataSource(new PooledSource(old))
        .locations("classpath:db/migration")
        .target("1")
        .load()
        .migrate();
    Path file = directory.resolve("old");
    try (Connection connection = old.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into run (id, kind, state, task, repository) values ('%s', 'change', 'done', 'old', '/r')"
              .formatted(run));
      try (WriteArchive archive = WriteArchive.create(file)) {
        assertThat(ExportTables.write(connection, archive, "test", more -> {}).schema())
            .isEqualTo(1);
      }
    }
    read(to, file, false);
    assertThat(to.query("select task from run", row -> row.text("task"))).containsExactly("old");
    assertThat(to.query("select nspname from pg_namespace", row -> row.text("nspname")))
        .doesNotContain("winnow_import");
    try (Database migrated = Database.open(Path.of("/none"), Optional.of(url), line -> {})) {
      assertThat(rows(to)).isEqualTo(rows(migrated));
    }
  }
}
