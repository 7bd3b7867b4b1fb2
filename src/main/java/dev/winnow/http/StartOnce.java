package dev.winnow.http;

import dev.winnow.Ids;
import dev.winnow.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Starts work once for each {@code Idempotency-Key}, also when the client or the server died in the
 * middle: the new thing's id is written down before the thing is made, so that a second try can see
 * whether the first one made it.
 */
final class StartOnce {

  /**
   * What was started.
   *
   * @param again whether an earlier request did it
   */
  record Started(UUID id, boolean again) {}

  private record Known(UUID result, boolean same, boolean finished, boolean old) {}

  private final Database database;

  StartOnce(Database database) {
    this.database = database;
  }

  /**
   * @param exists whether a thing of this id is there
   * @param make makes the thing, with this id
   */
  Started start(Request request, Predicate<UUID> exists, Consumer<UUID> make) {
    Optional<String> key = Optional.ofNullable(request.context().header("Idempotency-Key"));
    UUID id = Ids.next();
    if (key.isEmpty()) {
      make.accept(id);
      return new Started(id, false);
    }
    if (!key.get().matches("[\\x21-\\x7e]{1,200}")) {
      throw Problem.malformed("Idempotency-Key", "Must be 1 to 200 visible ASCII characters.");
    }
    String account = request.who().name();
    byte[] hash = hash(request);
    Optional<Known> known = remember(account, key.get(), hash, id);
    if (known.isPresent()) {
      return before(account, key.get(), known.get(), exists, make);
    }
    return make(account, key.get(), id, make);
  }

  private Started make(String account, String key, UUID id, Consumer<UUID> make) {
    try {
      make.accept(id);
    } catch (RuntimeException | Error e) {
      // refused: the client may mend the request and send it with the same key
      database.update(
          "delete from idempotency where account = ? and key = ? and not finished", account, key);
      throw e;
    }
    finish(account, key);
    return new Started(id, false);
  }

  private Started before(
      String account, String key, Known known, Predicate<UUID> exists, Consumer<UUID> make) {
    if (!known.same()) {
      throw Problem.of(
          422, "idempotency-key-reused", "This Idempotency-Key was sent with another request.");
    }
    if (known.finished() || exists.test(known.result())) {
      finish(account, key);
      return new Started(known.result(), true);
    }
    if (known.old()) {
      return make(account, key, known.result(), make); // whoever began it has died
    }
    throw Problem.conflict("A request with this Idempotency-Key is being worked on.")
        .with("Retry-After", "1");
  }

  private Optional<Known> remember(String account, String key, byte[] hash, UUID id) {
    return database.inTransaction(transaction -> {
      transaction.update(
          "delete from idempotency where account = ? and at < clock_timestamp() - interval '1 day'",
          account);
      int inserted =
          transaction.update(
              """
              insert into idempotency (account, key, request, result) values (?, ?, ?, ?)
              on conflict (account, key) do nothing
              """,
              account,
              key,
              hash,
              id);
      return inserted == 1
          ? Optional.empty()
          : transaction.queryOne(
              """
              select result, request = ? as same, finished,
                at < clock_timestamp() - interval '10 minutes' as old
              from idempotency where account = ? and key = ?
              """,
              row ->
                  new Known(
                      row.uuid("result"), row.flag("same"), row.flag("finished"), row.flag("old")),
              hash,
              account,
              key);
    });
  }

  private void finish(String account, String key) {
    database.update(
        "update idempotency set finished = true where account = ? and key = ?", account, key);
  }

  private static byte[] hash(Request request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (request.context().req().getMethod() + " " + request.context().path() + "\n")
              .getBytes(StandardCharsets.UTF_8));
      return digest.digest(request.bytes());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
