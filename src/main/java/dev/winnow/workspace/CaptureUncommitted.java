package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the user's checkout through the mirror's git directory, so that neither the repository's
 * hooks nor its filters run, and with a copy of the index, so that files which git knows to be
 * unchanged stay as committed (also LFS files, whose content differs from what git stores).
 */
record CaptureUncommitted(UserRepository user, MirrorDirectory mirror, ObjectTransfer transfer) {

  private static final int MAX_FILES = 100_000;
  private static final long MAX_BYTES = 4L << 30;

  /** The checkout's files as a tree: staged, changed and untracked, without ignored ones. */
  String tree(String head) {
    Path index = mirror.privateFile("uncommitted");
    Path excludes = mirror.privateFile("excludes");
    Path workTree = java.util.Objects.requireNonNull(user.workTree());
    try {
      Map<String, String> settings = settings();
      Files.write(excludes, excludes(settings.getOrDefault("core.excludesfile", "")));
      Git git = mirror.git().withWorkTree(workTree).withIndex(index);
      if (!copyIndex(git, index, head)) {
        git.text("read-tree", "--reset", head);
      }
      return new TakeSnapshot(
              git,
              workTree,
              excludes,
              head,
              new TakeSnapshot.Policy(MAX_FILES, MAX_BYTES, true, switches(settings)))
          .take(null)
          .tree();
    } catch (Workspace.TooLarge e) {
      throw new WinnowException(
          WinnowException.Category.USAGE,
          "the uncommitted work in "
              + workTree
              + " is too much: "
              + e.getMessage()
              + "; commit it or ignore it",
          e);
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot read the checkout " + workTree, e);
    } finally {
      deleteQuietly(index);
      deleteQuietly(excludes);
    }
  }

  private boolean copyIndex(Git git, Path index, String head) throws IOException {
    Path source = user.gitDirectory().resolve("index");
    if (!Files.isRegularFile(source)) {
      return false;
    }
    // with its time: git trusts entries that are older than the index
    Files.copy(source, index, StandardCopyOption.COPY_ATTRIBUTES);
    Git.Result staged =
        git.run(
            "diff-index",
            "--cached",
            "--raw",
            "--no-renames",
            "--no-abbrev",
            "--ignore-submodules=none",
            head,
            "--");
    if (staged.status() != 0) {
      // split over several files, or broken: hash everything instead
      Files.delete(index);
      return false;
    }
    List<String> blobs = new ArrayList<>();
    for (String line : staged.text().lines().toList()) {
      String[] raw = line.split("[ \t]", 6);
      if (!raw[1].equals(TreeEntry.SUBMODULE) && !raw[3].matches("0+")) {
        blobs.add(raw[3]);
      }
    }
    transfer.bringObjects(user.present(blobs));
    return true;
  }

  /** The user's own ignore files, which a snapshot through the mirror would not know. */
  private byte[] excludes(String configured) throws IOException {
    StringBuilder patterns = new StringBuilder();
    Path home = Path.of(System.getProperty("user.home", "/"));
    Path global =
        configured.isEmpty()
            ? home.resolve(".config/git/ignore")
            : Path.of(configured.replaceFirst("^~/", home + "/"));
    for (Path file : List.of(global, user.commonDirectory().resolve("info/exclude"))) {
      if (Files.isRegularFile(file) && Files.isReadable(file)) {
        patterns.append(Files.readString(file)).append('\n');
      }
    }
    return patterns.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** What decides whether a file counts as changed, and is nothing but a switch. */
  private static List<String> switches(Map<String, String> settings) {
    List<String> switches = new ArrayList<>();
    for (String key : List.of("core.autocrlf", "core.eol", "core.filemode", "core.ignorecase")) {
      String value = settings.getOrDefault(key, "");
      if (value.matches("true|false|input|lf|crlf|native")) {
        switches.addAll(Git.settings(key + "=" + value));
      }
    }
    return switches;
  }

  /**
   * From the user's global and the repository's configuration, the last value of each; without what
   * is unset. Names are in small letters.
   */
  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    String all =
        user.git()
            .with("GIT_CONFIG_GLOBAL", System.getProperty("user.home", "/") + "/.gitconfig")
            .run(
                "config",
                "-z",
                "--get-regexp",
                "^core\\.(autocrlf|eol|filemode|ignorecase|excludesfile)$")
            .text();
    for (String entry : all.split("\0", -1)) {
      String[] pair = entry.split("\n", 2);
      // a name alone is git's short form of true
      settings.put(pair[0], pair.length > 1 ? pair[1].strip() : "true");
    }
    return settings;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // an unused file in Winnow's own directory costs nothing but its size
    }
  }
}
