package dev.winnow.workspace;

import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of a workspace, reached name by name from the root without following a link.
 * The kernel holds it open: swapping a parent for a link changes nothing any more.
 */
record WorkspaceDirectory(SecureDirectoryStream<Path> stream, Path path) implements AutoCloseable {

  /** Where the workspace is, where files are made before they move in, and who owns them. */
  record Home(Path root, Path staging, OptionalInt owner) {

    /** A new name in the staging directory, which only Winnow can write. */
    Path stage() throws IOException {
      if (!Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(
            staging,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return staging.resolve(UUID.randomUUID().toString());
    }

    void give(Path staged) throws IOException {
      if (owner.isPresent()) {
        Ownership.give(staged, owner.getAsInt());
      }
    }
  }

  /**
   * Opens a directory.
   *
   * @param create makes the directories that do not exist
   */
  @SuppressWarnings("StreamResourceLeak") // the caller closes the directory that is returned
  static WorkspaceDirectory open(Home home, List<String> names, boolean create)
      throws Refused, IOException {
    DirectoryStream<Path> root = Files.newDirectoryStream(home.root());
    if (!(root instanceof SecureDirectoryStream<Path> secure)) {
      root.close();
      throw new Refused("this file system gives no safe access to the workspace");
    }
    WorkspaceDirectory current = new WorkspaceDirectory(secure, home.root());
    for (String name : names) {
      try (WorkspaceDirectory parent = current) {
        current = parent.child(home, name, create);
      }
    }
    return current;
  }

  @SuppressWarnings("StreamResourceLeak")
  private WorkspaceDirectory child(Home home, String name, boolean create)
      throws Refused, IOException {
    PosixFileAttributes attributes = attributes(name);
    if (attributes == null && create) {
      Path staged = home.stage();
      Files.createDirectory(staged);
      Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rwxr-xr-x"));
      home.give(staged);
      moveIn(home, staged, name);
    } else if (attributes == null) {
      throw new Refused(name + " does not exist");
    } else if (attributes.isSymbolicLink()) {
      throw new Refused(name + " is a symbolic link; links are not followed");
    } else if (!attributes.isDirectory()) {
      throw new Refused(name + " is not a directory");
    }
    return new WorkspaceDirectory(
        stream.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS), path.resolve(name));
  }

  /**
   * Moves a staged file or directory here, replacing a file, in one step that nobody can see half.
   */
  void moveIn(Home home, Path staged, String name) throws IOException {
    try (DirectoryStream<Path> staging = Files.newDirectoryStream(home.staging())) {
      if (staging instanceof SecureDirectoryStream<Path> secure) {
        secure.move(staged.getFileName(), stream, Path.of(name));
      }
    } finally {
      Files.deleteIfExists(staged);
    }
  }

  /** Null when there is no such entry. Links are not followed. */
  @Nullable PosixFileAttributes attributes(String name) throws IOException {
    try {
      return stream
          .getFileAttributeView(
              Path.of(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * The attributes of a regular file that is only here: not a link, not linked from elsewhere too,
   * owned like the workspace. Null when there is no such entry.
   */
  @Nullable PosixFileAttributes plainFile(String name) throws Refused, IOException {
    PosixFileAttributes attributes = attributes(name);
    if (attributes == null) {
      return null;
    }
    if (attributes.isSymbolicLink()) {
      throw new Refused(name + " is a symbolic link; links are not followed");
    }
    if (attributes.isDirectory()) {
      throw new Refused(name + " is a directory");
    }
    if (!attributes.isRegularFile()) {
      throw new Refused(name + " is a device, pipe or socket");
    }
    // Java reads the link count by path only; the same file key says that it is the same file
    Map<String, Object> byPath =
        Files.readAttributes(path.resolve(name), "unix:nlink,fileKey", LinkOption.NOFOLLOW_LINKS);
    if (!String.valueOf(attributes.fileKey()).equals(String.valueOf(byPath.get("fileKey")))) {
      throw new Refused(name + " changed while it was opened");
    }
    PosixFileAttributes here =
        stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    if (!Integer.valueOf(1).equals(byPath.get("nlink"))
        || !attributes.owner().equals(here.owner())) {
      throw new Refused(name + " is linked from elsewhere or belongs to somebody else");
    }
    return attributes;
  }

  /**
   * A plain file's bytes for a search through many; empty for what {@link #plainFile} refuses, and
   * for a larger file. It asks the kernel less: no names of users, and attributes only once.
   */
  byte @Nullable [] smallFile(String name, int owner, int maxBytes) throws IOException {
    PosixFileAttributes attributes = attributes(name);
    if (attributes == null || !attributes.isRegularFile()) {
      return new byte[0];
    }
    if (attributes.size() > maxBytes) {
      return null;
    }
    Map<String, Object> byPath =
        Files.readAttributes(
            path.resolve(name), "unix:nlink,uid,fileKey", LinkOption.NOFOLLOW_LINKS);
    if (!String.valueOf(attributes.fileKey()).equals(String.valueOf(byPath.get("fileKey")))
        || !Integer.valueOf(1).equals(byPath.get("nlink"))
        || !Integer.valueOf(owner).equals(byPath.get("uid"))) {
      return new byte[0];
    }
    try (SeekableByteChannel channel =
        stream.newByteChannel(
            Path.of(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer content = ByteBuffer.allocate((int) attributes.size());
      while (content.hasRemaining() && channel.read(content) > 0) {
        // until all that was there is read
      }
      return java.util.Arrays.copyOf(content.array(), content.position());
    }
  }

  /** The user whose directory this is, -1 when it was swapped meanwhile. */
  int owner() throws IOException {
    PosixFileAttributes here =
        stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    Map<String, Object> byPath =
        Files.readAttributes(path, "unix:uid,fileKey", LinkOption.NOFOLLOW_LINKS);
    boolean same = String.valueOf(here.fileKey()).equals(String.valueOf(byPath.get("fileKey")));
    return same && byPath.get("uid") instanceof Integer uid ? uid : -1;
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
