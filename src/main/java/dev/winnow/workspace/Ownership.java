package dev.winnow.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** User ids: who owns a file, and how to act as another user when Winnow is root. */
final class Ownership {

  // the link /proc/self itself belongs to root, whoever asks: the directory behind it is meant
  private static final int OWN = uidOf(Path.of("/proc/self/.")).orElse(-1);

  private Ownership() {}

  static boolean root() {
    return OWN == 0;
  }

  static OptionalInt uidOf(Path path) {
    return attribute(path, "unix:uid");
  }

  private static OptionalInt attribute(Path path, String name) {
    try {
      return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS) instanceof Integer id
          ? OptionalInt.of(id)
          : OptionalInt.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return OptionalInt.empty();
    }
  }

  /** Gives one file or directory, not what a link points to, to the user and its group. */
  static void give(Path path, int uid) throws IOException {
    Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Argv prefix that runs a program with the rights of the path's owner; empty if those are ours.
   */
  static List<String> asOwnerOf(Path path) {
    OptionalInt uid = uidOf(path);
    OptionalInt gid = attribute(path, "unix:gid");
    if (!root() || uid.isEmpty() || uid.getAsInt() == 0 || Programs.setpriv().isEmpty()) {
      return List.of();
    }
    return setpriv(uid.getAsInt(), gid.orElse(uid.getAsInt()), "-all");
  }

  /**
   * Argv prefix for a program whose new files belong to the user, and that can still read what only
   * root can: no second walk over the files, and their change times stay as git recorded them.
   */
  static List<String> creatingFilesFor(int uid) {
    return Programs.setpriv().isEmpty() ? List.of() : setpriv(uid, uid, "-all,+dac_override");
  }

  private static List<String> setpriv(int uid, int gid, String capabilities) {
    return List.of(
        Programs.setpriv().orElseThrow().toString(),
        "--reuid=" + uid,
        "--regid=" + gid,
        "--clear-groups",
        // without it access(2), which git asks, would ignore the capability
        "--securebits=+no_setuid_fixup",
        "--inh-caps=" + capabilities,
        "--ambient-caps=" + capabilities,
        "--");
  }
}
