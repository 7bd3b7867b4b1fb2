package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.workspace.WorkspaceDirectory.Home;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads and writes files of a workspace without ever leaving it, also while a command of the
 * candidate swaps names underneath. Thread-safe.
 */
public final class WorkspaceFiles {

  /** Thrown for a path or file that is refused; the message is for the model. */
  public static final class Refused extends Exception {
    public Refused(String message) {
      super(message);
    }
  }

  /** One entry of a directory. */
  public record Entry(String name, Type type, long size) {}

  /** What an entry is. */
  public enum Type {
    FILE,
    DIRECTORY,
    SYMLINK,
    OTHER
  }

  /** A directory's entries, sorted; at most 2,000. */
  public record Listing(List<Entry> entries, boolean truncated) {
    public Listing {
      entries = List.copyOf(entries);
    }
  }

  /** Largest file that is read whole, and the most text that one call gives. */
  public static final int MAX_BYTES = 1 << 20;

  /** Largest file from which a range of lines is read. */
  private static final int MAX_RANGE_BYTES = 32 << 20;

  private static final int MAX_ENTRIES = 2000;

  private final Home home;
  private final Supplier<List<String>> listed;

  /**
   * @param staging a directory beside the workspace that only Winnow can write
   * @param owner gets what is written
   * @param listed the workspace's files without ignored ones
   */
  WorkspaceFiles(Path root, Path staging, OptionalInt owner, Supplier<List<String>> listed) {
    this.home = new Home(root, staging, owner);
    this.listed = listed;
  }

  /** A text file's content. Binary, special, linked and too large files are refused. */
  public String read(String path) throws Refused {
    return text(path, bytes(path, MAX_BYTES, "; read a range of its lines"));
  }

  /**
   * Some lines of a text file, without what follows after 1 MiB of them.
   *
   * @param fromLine the first line, counted from 1
   * @param toLine the last line; more than there are is fine
   */
  public String read(String path, int fromLine, int toLine) throws Refused {
    if (fromLine < 1 || toLine < fromLine) {
      throw new Refused("lines " + fromLine + " to " + toLine + " are not a range");
    }
    List<String> lines =
        text(path, bytes(path, MAX_RANGE_BYTES, "; take what you need with run_command"))
            .lines()
            .toList();
    if (fromLine > lines.size()) {
      throw new Refused(path + " has only " + lines.size() + " lines");
    }
    StringBuilder result = new StringBuilder();
    for (String line : lines.subList(fromLine - 1, Math.min(toLine, lines.size()))) {
      if (result.length() + line.length() > MAX_BYTES) {
        return result.append("(cut at 1 MiB)\n").toString();
      }
      result.append(line).append('\n');
    }
    return result.toString();
  }

  private static String text(String path, byte[] content) throws Refused {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(content))
              .toString();
      if (text.indexOf(0) < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      if (!isBinary(content)) {
        throw new Refused(
            path + " is text in another encoding than UTF-8; work on it with run_command");
      }
    }
    throw new Refused(path + " is a binary file of " + content.length + " bytes");
  }

  /** The same rule as git's: a NUL byte near the beginning. */
  static boolean isBinary(byte[] content) {
    int end = Math.min(content.length, 8000);
    for (int i = 0; i < end; i++) {
      if (content[i] == 0) {
        return true;
      }
    }
    return false;
  }

  byte[] bytes(String path, int maxBytes, String advice) throws Refused {
    CheckedPath checked = file(path);
    try (WorkspaceDirectory directory = WorkspaceDirectory.open(home, checked.parents(), false)) {
      PosixFileAttributes attributes = directory.plainFile(checked.last());
      if (attributes == null) {
        throw new Refused(checked + " does not exist");
      }
      try (SeekableByteChannel channel =
              directory.stream()
                  .newByteChannel(
                      Path.of(checked.last()),
                      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
          InputStream stream = Channels.newInputStream(channel)) {
        byte[] content = stream.readNBytes(maxBytes + 1);
        if (content.length > maxBytes) {
          throw new Refused(
              checked
                  + " has "
                  + attributes.size()
                  + " bytes, more than the limit of "
                  + maxBytes
                  + advice);
        }
        return content;
      }
    } catch (IOException e) {
      throw refused(checked, "read", e);
    }
  }

  /** Replaces or creates a file and its parent directories; the mode of an existing one stays. */
  public void write(String path, String content) throws Refused {
    CheckedPath checked = file(path);
    try (WorkspaceDirectory directory = WorkspaceDirectory.open(home, checked.parents(), true)) {
      PosixFileAttributes existing = directory.plainFile(checked.last());
      Set<PosixFilePermission> mode =
          existing == null ? PosixFilePermissions.fromString("rw-r--r--") : existing.permissions();
      Path staged = home.stage();
      try {
        Files.writeString(staged, content, StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(staged, mode);
        home.give(staged);
        directory.moveIn(home, staged, checked.last());
      } finally {
        Files.deleteIfExists(staged);
      }
    } catch (IOException e) {
      throw refused(checked, "write", e);
    }
  }

  /** Deletes a file, a link or an empty directory. */
  public void delete(String path) throws Refused {
    CheckedPath checked = file(path);
    try (WorkspaceDirectory directory = WorkspaceDirectory.open(home, checked.parents(), false)) {
      PosixFileAttributes attributes = directory.attributes(checked.last());
      if (attributes == null) {
        throw new Refused(checked + " does not exist");
      }
      if (attributes.isDirectory()) {
        directory.stream().deleteDirectory(Path.of(checked.last()));
      } else {
        directory.stream().deleteFile(Path.of(checked.last()));
      }
    } catch (java.nio.file.DirectoryNotEmptyException e) {
      throw new Refused(checked + " is a directory that is not empty");
    } catch (IOException e) {
      throw refused(checked, "delete", e);
    }
  }

  /** The entries of a directory; "" or "." is the root. */
  public Listing list(String path) throws Refused {
    CheckedPath checked = CheckedPath.of(path);
    try (WorkspaceDirectory directory = WorkspaceDirectory.open(home, checked.names(), false)) {
      TreeSet<String> first = new TreeSet<>();
      boolean truncated = false;
      for (Path entry : directory.stream()) {
        String name = entry.getFileName().toString();
        if (!CheckedPath.isGit(name)) {
          first.add(name);
        }
        if (first.size() > MAX_ENTRIES) {
          first.pollLast();
          truncated = true;
        }
      }
      List<Entry> entries = new ArrayList<>();
      for (String name : first) {
        PosixFileAttributes attributes = directory.attributes(name);
        if (attributes != null) {
          String shown = name.replaceAll("\\p{Cntrl}", "?");
          entries.add(new Entry(shown, type(attributes), attributes.size()));
        }
      }
      return new Listing(entries, truncated);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw refused(checked, "list", e);
    }
  }

  /**
   * Lines that match in the files that snapshots take, in the order of their paths. Files that
   * {@link #read(String)} would refuse, and binary ones, are passed over.
   */
  public SearchFiles.Result search(SearchFiles.Query query, Cancellation cancellation)
      throws Refused {
    return new SearchFiles(home, listed).search(query, cancellation);
  }

  /** Paths of files that are not ignored, sorted; for the glob see {@link SearchFiles.Query}. */
  public List<String> paths(String glob) throws Refused {
    return new SearchFiles(home, listed).paths(glob);
  }

  private static CheckedPath file(String path) throws Refused {
    CheckedPath checked = CheckedPath.of(path);
    if (checked.isRoot()) {
      throw new Refused("the path names no file");
    }
    return checked;
  }

  private static Type type(PosixFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      return Type.SYMLINK;
    }
    if (attributes.isDirectory()) {
      return Type.DIRECTORY;
    }
    return attributes.isRegularFile() ? Type.FILE : Type.OTHER;
  }

  private static Refused refused(CheckedPath path, String what, Exception e) {
    String reason =
        e instanceof java.nio.file.FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getClass().getSimpleName();
    return new Refused("cannot " + what + " " + path + ": " + reason);
  }
}
