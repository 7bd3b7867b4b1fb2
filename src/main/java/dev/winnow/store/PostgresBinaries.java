package dev.winnow.store;

import dev.winnow.WinnowException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Unpacks the PostgreSQL programs that come in a jar on the class path, once per version. */
final class PostgresBinaries {

  private PostgresBinaries() {}

  /** The directory with {@code bin/}, {@code lib/} and {@code share/} below {@code home}. */
  static Path unpackInto(Path home, Consumer<String> progress) throws IOException {
    URL archive = archive();
    URLConnection connection = archive.openConnection();
    connection.setUseCaches(false);
    // the size tells the versions apart; nothing else in the jar does
    Path target = home.resolve("bin-" + connection.getContentLengthLong());
    try (InputStream packed = connection.getInputStream()) {
      if (Files.isDirectory(target)) {
        return target;
      }
      progress.accept("First start: unpacking the embedded PostgreSQL (once, a few seconds)");
      Path unfinished = Files.createTempDirectory(home, TemporaryFiles.PREFIX);
      unpack(packed, unfinished);
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return target;
  }

  private static URL archive() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    String name =
        "/postgres-%s-%s.txz"
            .formatted(
                system.contains("mac") ? "darwin" : system,
                processor.equals("aarch64") ? "arm_64" : "x86_64");
    URL url = PostgresBinaries.class.getResource(name);
    if (url == null) {
      throw WinnowException.infrastructure(
          "This build of Winnow brings no PostgreSQL for %s on %s. Set DATABASE_URL to a server."
              .formatted(system, processor),
          null);
    }
    return url;
  }

  static void unpack(InputStream packed, Path into) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed, 1 << 16)))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
          throw new IOException("an archive entry leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
          createDirectory(path);
        } else if (!entry.getName().endsWith(".a")) { // static libraries: for compiling only
          createDirectory(path.getParent());
          if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
          } else {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0111) != 0;
            Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
          }
        }
      }
    }
  }

  /** With its parents, and open to the server's user whatever our umask is. */
  private static void createDirectory(@Nullable Path path) throws IOException {
    if (path != null && !Files.isDirectory(path)) {
      createDirectory(path.getParent());
      Files.createDirectory(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
