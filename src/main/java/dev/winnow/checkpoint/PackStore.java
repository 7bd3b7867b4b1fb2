package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Transaction;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Packs of git objects in the database, in pieces, on their way between nodes. */
public final class PackStore {

  private static final int CHUNK = 1 << 20; // bytes

  /**
   * A stored pack.
   *
   * @param name {@code base/COMMIT}, or something below {@code RUN/}
   * @param wanted the commit or tree that it completes
   */
  public record Pack(String name, String wanted) {}

  private final Database database;
  private final String repository;

  /**
   * @param repository identity of the mirror that the packs are from
   */
  public PackStore(Database database, String repository) {
    this.database = database;
    this.repository = repository;
  }

  public boolean has(String name) {
    return database
        .queryOne(
            "select 1 as found from object_pack where repository = ? and name = ?",
            row -> row.number("found"),
            repository,
            name)
        .isPresent();
  }

  /** Stores a base, which all runs on the commit share; the first one wins. */
  public void putBase(String commit, byte[] data) {
    database.inRepeatableTransaction(
        transaction -> put(transaction, "base/" + commit, null, commit, data));
  }

  /**
   * Stores a pack of a run, under its lease.
   *
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public void put(Lease lease, String name, String wanted, byte[] data) {
    database.inRepeatableTransaction(transaction -> {
      if (transaction
          .queryOne(
              "select 1 as held from run where id = ? and lease_epoch = ? for key share",
              row -> row.number("held"),
              lease.run(),
              lease.epoch())
          .isEmpty()) {
        throw lease.lost();
      }
      return put(transaction, lease.run() + "/" + name, lease.run(), wanted, data);
    });
  }

  private boolean put(
      Transaction transaction, String name, @Nullable UUID run, String wanted, byte[] data) {
    int chunks = (data.length + CHUNK - 1) / CHUNK;
    boolean isNew =
        transaction.update(
                "insert into object_pack (repository, name, run_id, wanted, chunks, bytes)"
                    + " values (?, ?, ?, ?, ?, ?) on conflict do nothing",
                repository,
                name,
                run,
                wanted,
                chunks,
                (long) data.length)
            == 1;
    for (int i = 0; isNew && i < chunks; i++) {
      transaction.update(
          "insert into object_chunk (repository, name, number, data) values (?, ?, ?, ?)",
          repository,
          name,
          i,
          Arrays.copyOfRange(data, i * CHUNK, Math.min(data.length, (i + 1) * CHUNK)));
    }
    return isNew;
  }

  /** The packs of a run, in the order in which they build on each other. */
  public List<Pack> of(UUID run) {
    return database.query(
        "select name, wanted from object_pack where repository = ? and run_id = ? order by at, name",
        row -> new Pack(row.text("name"), row.text("wanted")),
        repository,
        run);
  }

  public Optional<byte[]> read(String name) {
    return database
        .queryOne(
            "select chunks from object_pack where repository = ? and name = ?",
            row -> (int) row.number("chunks"),
            repository,
            name)
        .map(chunks -> {
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          for (int i = 0; i < chunks; i++) {
            all.writeBytes(chunk(name, i));
          }
          return all.toByteArray();
        });
  }

  private byte[] chunk(String name, int number) {
    return database
        .queryOne(
            "select data from object_chunk where repository = ? and name = ? and number = ?",
            row -> {
              byte[] data = row.bytesOrNull("data");
              return data == null ? new byte[0] : data;
            },
            repository,
            name,
            number)
        .orElseGet(() -> new byte[0]);
  }
}
