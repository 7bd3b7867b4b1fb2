package dev.winnow.evidence.runner;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.workspace.WorkDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Winnow's own files for test runs, below the data directory: caches, scripts, reports. */
public final class RunnerFiles {

  private static final List<String> SCRIPTS =
      List.of(
          "unittest_runner.py",
          "pytest_runner.py",
          "framework_guard.py",
          "node-reporter.mjs",
          "node-preload.cjs",
          "gradle-init.gradle");

  /** Notes of Maven about where a file came from; with them it refuses the file when offline. */
  private static final Set<String> ORIGINS =
      Set.of("_remote.repositories", "resolver-status.properties");

  private static final int DELETIONS = 20;

  private static final Duration STEP = Duration.ofMillis(200);

  private static final Map<String, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path caches;
  private final Path scripts;
  private final Path reports;

  private RunnerFiles(Path caches, Path scripts, Path reports) {
    this.caches = caches;
    this.scripts = scripts;
    this.reports = reports;
  }

  static RunnerFiles in(Path data) {
    try {
      Path root = data.toAbsolutePath().normalize();
      RunnerFiles files =
          new RunnerFiles(
              directory(root.resolve("cache"), "rwx--x--x"),
              directory(root.resolve("runners"), "rwxr-xr-x"),
              directory(root.resolve("reports"), "rwx--x--x"));
      for (String name : SCRIPTS) {
        files.unpack(name);
      }
      return files;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "cannot write to the data directory " + data + ": " + e.getMessage(), e);
    }
  }

  Path caches() {
    return caches;
  }

  Path scripts() {
    return scripts;
  }

  private void unpack(String name) throws IOException {
    try (InputStream in = RunnerFiles.class.getResourceAsStream("/runners/" + name)) {
      if (in == null) {
        throw new IOException("resource " + name + " is missing");
      }
      Path temporary = Files.createTempFile(scripts, name, ".new");
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      // several Winnow processes may do this at the same time
      Files.move(temporary, scripts.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** A new directory that only this user id can write. */
  Path newReports(OptionalInt owner) {
    try {
      Path fresh = directory(reports.resolve(Ids.next().toString()), "rwx------");
      if (owner.isPresent()) {
        Files.setAttribute(fresh, "unix:uid", owner.getAsInt());
      }
      return fresh;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "cannot create a directory for test reports: " + e.getMessage(), e);
    }
  }

  void delete(Path directory) {
    for (int attempt = 1; attempt <= DELETIONS; attempt++) {
      try {
        Files.walkFileTree(directory, new Delete());
        return;
      } catch (IOException e) {
        // a process that is being killed may still write; what it leaves must not end the run
        Thread.onSpinWait();
      }
    }
  }

  /**
   * Deletes a build tool's cache that nobody has used for long, unless somebody does just now.
   *
   * @param name of its directory below the caches
   * @return whether it is gone
   */
  public static boolean deleteUnused(Path caches, String name, Instant before) throws IOException {
    // the lock of this process first: closing the channel would drop one that is held on the file
    ReentrantLock lock = LOCKS.computeIfAbsent(name + ".", _ -> new ReentrantLock(true));
    if (!lock.tryLock()) {
      return false;
    }
    Path file = caches.resolve(name + ".lock");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock mine = channel.tryLock()) {
      if (mine == null || !Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
        return false;
      }
      WorkDirectory.delete(caches.resolve(name));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives caches to the sandbox's user until it is closed; one user at a time, on this machine.
   *
   * @param patience how long to wait for another run that has them
   * @throws Cancellation.Cancelled when the run was cancelled while it waited
   */
  Lent lendCaches(
      List<Path> directories, OptionalInt owner, Duration patience, Cancellation cancellation)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    // a slow download of one build tool must not hold up the others
    String name =
        directories.isEmpty() ? "" : caches.relativize(directories.getFirst()).getName(0) + ".";
    ReentrantLock lock = LOCKS.computeIfAbsent(name, _ -> new ReentrantLock(true));
    await(lock, name, end, cancellation);
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              caches.resolve(name + "lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      // freed when the channel is closed
      while (channel.tryLock() == null) {
        pause(name, end, cancellation);
      }
      // says when the cache was used last
      Files.setLastModifiedTime(caches.resolve(name + "lock"), FileTime.from(Instant.now()));
      for (Path directory : directories) {
        Files.createDirectories(directory);
        give(directory, owner);
      }
      return new Lent(directories, owner, channel, lock);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      lock.unlock();
      throw e;
    }
  }

  private static void await(ReentrantLock lock, String name, long end, Cancellation cancellation) {
    try {
      while (!lock.tryLock(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
        goOn(name, end, cancellation);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }

  /** Another process says nothing when it frees its lock, so it is asked now and then. */
  private static void pause(String name, long end, Cancellation cancellation) {
    goOn(name, end, cancellation);
    LockSupport.parkNanos(STEP.toNanos());
  }

  private static void goOn(String name, long end, Cancellation cancellation) {
    cancellation.check();
    if (System.nanoTime() - end > 0) {
      throw WinnowException.infrastructure(
          "another run still fills the cache %slock; wait for it, or give it a WINNOW_DATA_DIR of its own"
              .formatted(name),
          null);
    }
  }

  /** Caches that a command may write. */
  record Lent(List<Path> directories, OptionalInt owner, FileChannel file, ReentrantLock lock)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try (file) {
        for (Path directory : directories) {
          give(directory, owner.isPresent() ? OptionalInt.of(0) : OptionalInt.empty());
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private static void give(Path directory, OptionalInt owner) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            own(path, true);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            String name = String.valueOf(path.getFileName());
            if (ORIGINS.contains(name) || name.endsWith(".lastUpdated")) {
              Files.delete(path);
            } else {
              own(path, attributes.isSymbolicLink() ? false : attributes.isRegularFile());
            }
            return FileVisitResult.CONTINUE;
          }

          private void own(Path path, boolean readable) throws IOException {
            if (owner.isPresent()) {
              Files.setAttribute(path, "unix:uid", owner.getAsInt(), LinkOption.NOFOLLOW_LINKS);
            }
            if (readable) {
              share(path);
            }
          }
        });
  }

  /** Other sandbox users read the cache as well. */
  private static void share(Path path) throws IOException {
    Set<PosixFilePermission> before =
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> mode = EnumSet.copyOf(before);
    mode.add(PosixFilePermission.OTHERS_READ);
    if (mode.contains(PosixFilePermission.OWNER_EXECUTE)) {
      mode.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    if (!mode.equals(before)) {
      Files.setPosixFilePermissions(path, mode);
    }
  }

  private static Path directory(Path path, String mode) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return path;
  }

  private static final class Delete extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
