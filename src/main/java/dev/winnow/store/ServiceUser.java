package dev.winnow.store;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who runs PostgreSQL, which refuses to run as root: this user, or as root a uid of its own that
 * needs no account. Its commands drop all groups and can never gain privileges again.
 */
final class ServiceUser {

  /**
   * In the range 60578 to 61183 that neither Debian's accounts nor systemd's dynamic ones use. Not
   * shared with sandboxed commands.
   */
  private static final int UID = 60700;

  private static final ServiceUser SELF = new ServiceUser(-1, -1);

  private final int uid;
  private final int gid;

  private ServiceUser(int uid, int gid) {
    this.uid = uid;
    this.gid = gid;
  }

  static boolean isRoot() {
    return ownerOf(Path.of("/proc/self")) == 0; // nowhere but on Linux is there a setpriv
  }

  /** The user that owns, or will own, the cluster in {@code data}. */
  static ServiceUser forCluster(Path data) throws IOException {
    if (!isRoot()) {
      return SELF;
    }
    if (!Files.exists(data)) {
      return new ServiceUser(UID, UID);
    }
    int owner = ownerOf(data);
    if (owner > 0) {
      return new ServiceUser(owner, (Integer) Files.getAttribute(data, "unix:gid"));
    }
    // copied back by root from a backup
    ServiceUser user = new ServiceUser(UID, UID);
    user.ownAll(data);
    return user;
  }

  /**
   * The user for initdb, which (unlike the server) insists on an entry in /etc/passwd: an account
   * that runs nothing at the moment, so that nobody can interfere while the cluster is made.
   */
  static ServiceUser forInitdb() throws IOException {
    if (!isRoot()) {
      return SELF;
    }
    Set<Integer> busy = new HashSet<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      processes
          .filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .forEach(p -> busy.add(ownerOf(p)));
    }
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      String[] fields = line.split(":", -1);
      if (fields.length < 7 || !fields[2].matches("\\d{1,9}") || !fields[3].matches("\\d{1,9}")) {
        continue;
      }
      int uid = Integer.parseInt(fields[2]);
      if (uid != 0 && !busy.contains(uid) && fields[6].matches(".*(nologin|false|sync)")) {
        return new ServiceUser(uid, Integer.parseInt(fields[3]));
      }
    }
    throw WinnowException.infrastructure(
        "PostgreSQL does not run as root, and /etc/passwd has no idle system account to set it up"
            + " with. Add one (useradd --system winnow), run Winnow as another user, or set"
            + " DATABASE_URL.",
        null);
  }

  List<String> command(List<String> command) {
    if (uid < 0) {
      return command;
    }
    List<String> dropped =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "--no-new-privs",
                "--"));
    dropped.addAll(command);
    return dropped;
  }

  /** Hands one file or directory over to this user. */
  void own(Path path) throws IOException {
    if (uid >= 0) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  void ownAll(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        own(path);
      }
    }
  }

  /** Checks that this user can reach the directory: each directory above must let it pass. */
  void requireWayTo(Path directory) throws IOException {
    if (uid < 0) {
      return;
    }
    for (Path above = directory.toRealPath(); above != null; above = above.getParent()) {
      if (ownerOf(above) != uid
          && !Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        throw WinnowException.infrastructure(
            "The database cannot live in %s: as root, Winnow runs PostgreSQL as an unprivileged"
                    .formatted(directory)
                + " user, and %s is closed to it. Use another data directory such as"
                    .formatted(above)
                + " /var/lib/winnow, or chmod o+x %s.".formatted(above),
            null);
      }
    }
  }

  private static int ownerOf(Path path) {
    try {
      return (Integer) Files.getAttribute(path, "unix:uid");
    } catch (IOException e) {
      return -1; // a process that just ended
    }
  }
}
