package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Refuses a commit whose files no workspace could hold, before anything is copied or listed: equal
 * directories are stored once, so a few kilobytes of objects can name millions of files.
 *
 * @param entries files and directories
 * @param bytes of all files together
 * @param packBytes of what is copied into the mirror at once
 */
record LimitTree(int entries, long bytes, long packBytes) {

  /** Every command in a workspace of more than that would be killed. */
  static final LimitTree DEFAULT =
      new LimitTree(Limits.DEFAULT.workspaceFiles(), Limits.DEFAULT.workspaceBytes(), 16L << 30);

  /** All names of a tree are in memory at times. */
  private static final int NAME_BYTES = 64 << 20;

  void check(UserRepository user, String commit) {
    Count count = new Count();
    try {
      // directories as well: nested empty ones are not files, but take as long
      PumpGit.read(
          user.git(),
          List.of(
              List.of(
                  "ls-tree", "-r", "-t", "-l", "-z", "--full-tree", "--end-of-options", commit)),
          count);
    } catch (IOException e) {
      if (count.exceeded.isEmpty()) {
        throw WinnowException.infrastructure("cannot read " + user.root(), e);
      }
      throw new WinnowException(
          WinnowException.Category.USAGE,
          "%s is too large for Winnow: %s has more than %s; name another --base, or take what is generated or large out of the repository"
              .formatted(user.root(), commit.substring(0, 12), count.exceeded),
          e);
    }
  }

  /** Reads {@code mode type id size<tab>path<nul>}. */
  private final class Count extends OutputStream {
    private final StringBuilder head = new StringBuilder();
    private boolean inName;
    private int found;
    private long size;
    private long names;
    private String exceeded = "";

    @Override
    public void write(int b) throws IOException {
      if (inName) {
        names++;
        if (b == 0) {
          inName = false;
          head.setLength(0);
          found++;
          check();
        }
      } else if (b == '\t') {
        inName = true;
        String length = head.substring(head.lastIndexOf(" ") + 1);
        size += length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
      } else {
        head.append((char) b);
      }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      for (int i = from; i < from + length; i++) {
        write(bytes[i]);
      }
    }

    private void check() throws IOException {
      if (found > entries) {
        exceeded = "%,d files and directories".formatted(entries);
      } else if (size > bytes || size < 0) {
        exceeded = "%,d MiB of files".formatted(bytes >> 20);
      } else if (names > NAME_BYTES) {
        exceeded = "%,d MiB of file names".formatted(NAME_BYTES >> 20);
      }
      if (!exceeded.isEmpty()) {
        throw new IOException("stopped counting");
      }
    }
  }
}
