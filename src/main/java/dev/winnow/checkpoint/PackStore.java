package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Row;
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
   * @param place where it is, when it is not in the database
   */
  public record Pack(String name, String wanted, Optional<Place> place) {}

  /**
   * A ref of a git remote.
   *
   * @param remote its address, without what is secret in it
   */
  public record Place(String remote, String ref) {}

  private final Database database;
  private final String repository;

  /**
   * @param repository identity of the mirror that the packs are from
   */
  public PackStore(Database database, String repository) {
    this.database = database;
    this.repository = repository;
  }

  /** The base, if it was stored. */
  public Optional<Pack> base(String commit) {
    return database.queryOne(
        "select name, wanted, remote, ref from object_pack where repository = ? and name = ?",
        PackStore::pack,
        repository,
        "base/" + commit);
  }

  private static Pack pack(Row row) {
    return new Pack(
        row.text("name"),
        row.text("wanted"),
        row.optionalText("remote").map(remote -> new Place(remote, row.text("ref"))));
  }

  /** Stores a base, which all runs on the commit share; the first one wins. */
  public void putBase(String commit, byte[] data) {
    database.inRepeatableTransaction(transaction -> {
      forgetElsewhere(transaction, commit, null);
      return put(transaction, "base/" + commit, null, commit, data);
    });
  }

  /** Says where a base was left. */
  public void putBase(String commit, Place place) {
    database.inRepeatableTransaction(transaction -> {
      forgetElsewhere(transaction, commit, place.remote());
      return put(transaction, "base/" + commit, null, commit, place);
    });
  }

  /** A base that was left in another remote, before the settings were changed. */
  private void forgetElsewhere(Transaction transaction, String commit, @Nullable String remote) {
    transaction.update(
        "delete from object_pack where repository = ? and name = ? and remote <> coalesce(?, '')",
        repository,
        "base/" + commit,
        remote);
  }

  /**
   * Stores a pack of a run, under its lease.
   *
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public void put(Lease lease, String name, String wanted, byte[] data) {
    database.inRepeatableTransaction(transaction -> {
      check(transaction, lease);
      return put(transaction, lease.run() + "/" + name, lease.run(), wanted, data);
    });
  }

  /**
   * Says where something of a run was left, under its lease.
   *
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public void put(Lease lease, String name, String wanted, Place place) {
    database.inRepeatableTransaction(transaction -> {
      check(transaction, lease);
      return put(transaction, lease.run() + "/" + name, lease.run(), wanted, place);
    });
  }

  private static void check(Transaction transaction, Lease lease) {
    if (transaction
        .queryOne(
            "select 1 as held from run where id = ? and lease_epoch = ? for key share",
            row -> row.number("held"),
            lease.run(),
            lease.epoch())
        .isEmpty()) {
      throw lease.lost();
    }
  }

  private boolean put(
      Transaction transaction, String name, @Nullable UUID run, String wanted, Place place) {
    return transaction.update(
            "insert into object_pack (repository, name, run_id, wanted, chunks, bytes, remote, ref)"
                + " values (?, ?, ?, ?, 0, 0, ?, ?) on conflict do nothing",
            repository,
            name,
            run,
            wanted,
            place.remote(),
            place.ref())
        == 1;
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
        "select name, wanted, remote, ref from object_pack where repository = ? and run_id = ?"
            + " order by at, name",
        PackStore::pack,
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
