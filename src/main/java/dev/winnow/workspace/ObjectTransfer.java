package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Moves objects between the user's repository and the mirror as packs through a pipe. No transport
 * of git takes part, so there is no hook, remote helper, upload-pack setting or URL rewriting that
 * could run a program.
 */
record ObjectTransfer(UserRepository user, MirrorDirectory mirror, LimitTree limit) {

  /** What old but harmless commits are allowed to get wrong. */
  static final String STRICT =
      "--strict=badTimezone=ignore,missingEmail=ignore,missingSpaceBeforeEmail=ignore,"
          + "missingNameBeforeEmail=ignore,missingSpaceBeforeDate=ignore,zeroPaddedDate=ignore,"
          + "badEmail=ignore,badName=ignore,zeroPaddedFilemode=ignore,multipleAuthors=ignore";

  /**
   * Brings one commit with its files, without its history, and keeps it. Known bases are not sent
   * again.
   */
  void bring(String commit) {
    String ref = "refs/pinned/" + commit;
    if (mirror.git().run("rev-parse", "--verify", "--quiet", ref).status() == 0) {
      return;
    }
    user.reading(() -> {
      limit.check(user, commit);
      return true;
    });
    mirror.locked(() -> {
      mirror.cutHistoryAt(commit);
      StringBuilder wanted = new StringBuilder();
      wanted.append("--shallow ").append(commit).append('\n').append(commit).append('\n');
      for (String known : user.present(pinned())) {
        wanted.append('^').append(known).append("^{tree}\n");
      }
      send(wanted.toString(), List.of("--shallow", "--revs"));
      mirror.git().text("update-ref", "--no-deref", ref, commit);
      return true;
    });
  }

  /** Brings single objects. */
  void bringObjects(List<String> ids) {
    if (!ids.isEmpty()) {
      send(String.join("\n", ids) + "\n", List.of());
    }
  }

  private void send(String wanted, List<String> options) {
    List<String> args =
        new java.util.ArrayList<>(
            List.of("pack-objects", "--quiet", "--stdout", "--delta-base-offset"));
    args.addAll(options);
    Git.Result result =
        user.reading(() ->
            user.git()
                .pipe(
                    wanted.getBytes(StandardCharsets.UTF_8),
                    args,
                    mirror.git(),
                    "index-pack",
                    "--stdin",
                    STRICT,
                    "--max-input-size=" + limit.packBytes()));
    if (result.status() != 0) {
      if (result.noSpace()) {
        throw Git.failed(result, "index-pack");
      }
      throw WinnowException.usage(
          user.root() + " cannot be read safely: " + result.reason() + "; git fsck shows more");
    }
  }

  private List<String> pinned() {
    return mirror
        .git()
        .text(
            "for-each-ref",
            "--sort=-committerdate",
            "--count=20",
            "--format=%(objectname)",
            "refs/pinned/")
        .lines()
        .toList();
  }

  /**
   * Adds a commit of the mirror, and what it needs beside pinned commits, to the user's objects.
   */
  void give(String commit) {
    List<String> shared = user.present(pinned());
    StringBuilder wanted = new StringBuilder(commit).append('\n');
    shared.forEach(known -> wanted.append('^').append(known).append('\n'));
    Git.Result result =
        mirror
            .git()
            .pipe(
                wanted.toString().getBytes(StandardCharsets.UTF_8),
                List.of("pack-objects", "--quiet", "--revs", "--stdout"),
                user.git(),
                "unpack-objects",
                "-q",
                "--strict");
    if (result.status() != 0) {
      throw Git.failed(result, "unpack-objects");
    }
    // everything below the commit must be there, or the branch would be broken
    Git.Result whole = user.git().run("rev-list", "--objects", "--quiet", commit, "--not", "--all");
    if (whole.status() != 0) {
      throw WinnowException.usage(
          "the base commit is no longer in "
              + user.root()
              + ", so the change cannot be delivered there: "
              + whole.reason());
    }
  }
}
