package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.nio.charset.StandardCharsets;

/** Adds refs to the user's repository: a branch for the winner, hidden ones for all candidates. */
record Deliver(UserRepository user, ObjectTransfer transfer) {

  private static final int MAX_TRIES = 1000;

  /** The full ref name, if git allows it. */
  static String checkedRef(String ref) {
    if (ref.chars().anyMatch(c -> c < ' ')
        || Git.plain().run("check-ref-format", ref).status() != 0) {
      throw WinnowException.usage(
          "'" + ref.replaceAll("\\p{Cntrl}", "?") + "' is not a name that git allows");
    }
    return ref;
  }

  String branch(String wanted, String commit) {
    if (wanted.startsWith("-") || wanted.equals("HEAD")) {
      throw WinnowException.usage("'" + wanted + "' is not a name for a branch");
    }
    String name = isBelowBranch(wanted) ? wanted.replace('/', '-') : wanted;
    String ref = checkedRef("refs/heads/" + name);
    transfer.give(commit);
    for (int i = 1; i <= MAX_TRIES; i++) {
      String suffix = i == 1 ? "" : "-" + i;
      // looked at last: another process, frozen or killed, may be doing the same at this moment
      if ((!taken(ref + suffix) && create(ref + suffix, commit)) || isAt(ref + suffix, commit)) {
        return name + suffix;
      }
    }
    throw WinnowException.usage(
        "there are " + MAX_TRIES + " branches named " + name + " already; delete some");
  }

  /** Git has no branch {@code winnow/x} beside a branch {@code winnow}. */
  private boolean isBelowBranch(String name) {
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      if (exists("refs/heads/" + name.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  private boolean taken(String ref) {
    return exists(ref)
        // a branch without a commit that a checkout already stands on: creating it would change
        // HEAD
        || user.git().run("symbolic-ref", "--quiet", "HEAD").text().strip().equals(ref);
  }

  private boolean isAt(String ref, String commit) {
    Git.Result found = user.git().run("rev-parse", "--verify", "--quiet", ref);
    return found.status() == 0 && found.text().strip().equals(commit);
  }

  private boolean exists(String ref) {
    return user.git().run("show-ref", "--verify", "--quiet", "--", ref).status() == 0;
  }

  /** Whether the ref was created; false when somebody was faster. */
  private boolean create(String ref, String commit) {
    Git.Result result = update("create " + ref + "\0" + commit + "\0");
    if (result.status() != 0 && !exists(ref)) {
      throw WinnowException.usage("cannot create " + ref + ": " + result.reason());
    }
    return result.status() == 0;
  }

  /** Not stopped with the work: whoever stops it must know whether there is a branch. */
  private Git.Result update(String commands) {
    return Mirror.identified(user.git().until(Cancellation.never()))
        .run(
            commands.getBytes(StandardCharsets.UTF_8),
            1 << 20,
            "update-ref",
            "--no-deref",
            "-z",
            "--stdin");
  }
}
