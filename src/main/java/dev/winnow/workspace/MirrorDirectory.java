package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The bare repository on disk that belongs to one user repository, and its lock. */
final class MirrorDirectory {

  private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private final Path path;
  private final Path lockFile;
  private final Cancellation stop;

  private MirrorDirectory(Path path) {
    this(path, Cancellation.never());
  }

  private MirrorDirectory(Path path, Cancellation stop) {
    this.path = path;
    this.stop = stop;
    this.lockFile = path.resolveSibling(path.getFileName() + ".lock");
  }

  static MirrorDirectory open(Path dataDirectory, UserRepository repository) {
    return open(dataDirectory, name(repository), repository.objectFormat());
  }

  /** The mirrors that there are, by name. */
  static List<MirrorDirectory> all(Path dataDirectory) {
    Path mirrors = dataDirectory.toAbsolutePath().resolve("mirrors");
    if (!Files.isDirectory(mirrors)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(mirrors)) {
      return found
          .filter(p -> isName(p.getFileName().toString()) && Files.isDirectory(p))
          .sorted()
          .map(MirrorDirectory::new)
          .toList();
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot read " + mirrors, e);
    }
  }

  static boolean isName(String name) {
    return name.matches("[A-Za-z0-9-]{1,40}-[0-9a-f]{16}\\.git");
  }

  String name() {
    return path.getFileName().toString();
  }

  Path path() {
    return path;
  }

  /**
   * @param identity a name that {@link #identity} gave, here or on another machine
   */
  static MirrorDirectory open(Path dataDirectory, String identity, String objectFormat) {
    if (!isName(identity) || !objectFormat.matches("sha1|sha256")) {
      throw WinnowException.infrastructure("'" + identity + "' is not the name of a mirror", null);
    }
    try {
      Path mirrors = dataDirectory.toAbsolutePath().resolve("mirrors");
      Files.createDirectories(mirrors);
      // what other users' candidates may not read: the objects of all repositories
      Files.setPosixFilePermissions(mirrors, PosixFilePermissions.fromString("rwx------"));
      MirrorDirectory directory = new MirrorDirectory(mirrors.resolve(identity));
      if (!Files.isDirectory(directory.path, LinkOption.NOFOLLOW_LINKS)) {
        directory.locked(() -> {
          directory.create(objectFormat);
          return true;
        });
      }
      directory.deleteLeftOvers();
      return directory;
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot create a mirror in " + dataDirectory, e);
    }
  }

  String identity() {
    return String.valueOf(path.getFileName());
  }

  /** Index files of processes that were killed; those in use are much younger. */
  private void deleteLeftOvers() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(7)));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path.resolve("winnow"))) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          // its process removed it at this moment
        }
      }
    }
  }

  /** A directory of Winnow beside the objects, for index files. */
  Path privateFile(String kind) {
    return path.resolve("winnow").resolve(kind + "-" + UUID.randomUUID());
  }

  Git git() {
    return Git.plain().at(path).until(stop);
  }

  /** The same, whose git ends with the work that it is part of. */
  MirrorDirectory until(Cancellation cancellation) {
    return new MirrorDirectory(path, cancellation);
  }

  /** One at a time, over all processes on this machine. */
  <T> T locked(Supplier<T> work) {
    ReentrantLock mine = IN_THIS_PROCESS.computeIfAbsent(lockFile, _ -> new ReentrantLock());
    mine.lock();
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      return work.get();
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot lock " + lockFile, e);
    } finally {
      mine.unlock();
    }
  }

  /** Built aside and renamed, so that a mirror that exists is whole, also after a kill. */
  private void create(String objectFormat) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path aside = path.resolveSibling(path.getFileName() + ".new");
    try {
      DeleteTree.delete(aside);
      Git.plain()
          .text(
              "init",
              "--quiet",
              "--bare",
              "--template=",
              "--object-format=" + objectFormat,
              "--",
              aside.toString());
      Files.writeString(
          aside.resolve("config"),
          """

          [core]
          \thooksPath = /dev/null
          \tautocrlf = false
          \tsymlinks = true
          \tfilemode = true
          \tignorecase = false
          \tprotectHFS = true
          \tprotectNTFS = true
          \tfsyncMethod = batch
          \tlogAllRefUpdates = false
          [transfer]
          \tfsckObjects = true
          [gc]
          \tauto = 0
          [checkout]
          \tworkers = %d
          \tthresholdForParallelism = 200
          """
              .formatted(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8)),
          StandardOpenOption.APPEND);
      // above every .gitattributes: LFS pointers stay pointers, no filter has a name here
      Files.createDirectories(aside.resolve("info"));
      Files.writeString(aside.resolve("info/attributes"), "* -filter\n");
      Files.createDirectories(aside.resolve("winnow"));
      Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot create the mirror " + path, e);
    }
  }

  /** Tells git that the parents of this commit are not here. Call it under the lock. */
  void cutHistoryAt(String commit) {
    Path file = path.resolve("shallow");
    try {
      Set<String> cuts = new LinkedHashSet<>();
      if (Files.exists(file)) {
        cuts.addAll(Files.readAllLines(file));
      }
      if (cuts.add(commit)) {
        Path next = path.resolve("shallow.winnow");
        Files.write(next, cuts, StandardCharsets.US_ASCII);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write " + file, e);
    }
  }

  /** Readable, and different for every repository, also for those of the same name. */
  private static String name(UserRepository repository) {
    try {
      String key = repository.commonDirectory() + "\n" + repository.objectFormat();
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      Path common = repository.commonDirectory();
      Path named =
          common.endsWith(".git") && common.getParent() != null ? common.getParent() : common;
      String base = String.valueOf(named.getFileName()).replaceAll("[^A-Za-z0-9]", "-");
      String readable = base.substring(0, Math.min(40, base.length()));
      return readable + "-" + HexFormat.of().formatHex(hash, 0, 8) + ".git";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
