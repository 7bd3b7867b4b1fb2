package dev.winnow.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The class path of child processes, as jars only, and an archive of its classes that the first
 * child that ends by itself leaves for the others: a child then takes a fifth less of processor
 * time. Directories, such as that of the compiler, cannot be in such an archive.
 */
final class ChildClasses {

  private static final ChildClasses SHARED = new ChildClasses();

  private final AtomicBoolean isMade = new AtomicBoolean();
  private final Path directory;
  private final String classPath;

  private ChildClasses() {
    try {
      directory = Files.createTempDirectory("winnow-child-");
      Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
      List<String> all = List.of(System.getProperty("java.class.path").split(":", -1));
      classPath =
          Stream.concat(
                  Stream.of(pack(all).toString()), all.stream().filter(e -> e.endsWith(".jar")))
              .collect(Collectors.joining(":"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path pack(List<String> classPath) throws IOException {
    String main = Main.class.getName().replace('.', '/') + ".class";
    Path classes =
        classPath.stream()
            .map(Path::of)
            .filter(entry -> Files.exists(entry.resolve(main)))
            .findFirst()
            .orElseThrow();
    Path jar = directory.resolve("winnow.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : found.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
        Files.copy(path, zip);
      }
    }
    return jar;
  }

  /**
   * What a child's JVM gets; one child at most is to leave the archive.
   *
   * @param mayLeave whether it can write a file of that size
   */
  static List<String> options(boolean mayLeave) {
    Path archive = SHARED.directory.resolve("classes.jsa");
    String sharing =
        Files.exists(archive)
            ? "-XX:SharedArchiveFile=" + archive
            : !mayLeave || SHARED.isMade.getAndSet(true)
                ? "-Xshare:auto"
                : "-XX:ArchiveClassesAtExit=" + unfinished();
    return List.of(sharing, "-Xlog:disable", "-cp", SHARED.classPath);
  }

  private static Path unfinished() {
    return SHARED.directory.resolve("unfinished.jsa");
  }

  /** A child has ended by itself: the archive is whole, if it was that child's to leave. */
  static void ended(List<String> argv) throws IOException {
    if (argv.contains("-XX:ArchiveClassesAtExit=" + unfinished())) {
      if (Files.exists(unfinished())) {
        Files.move(unfinished(), SHARED.directory.resolve("classes.jsa"));
      } else {
        SHARED.isMade.set(false);
      }
    }
  }

  /** A child was killed before it could leave anything: the next one may. */
  static void killed(List<String> argv) {
    if (argv.contains("-XX:ArchiveClassesAtExit=" + unfinished())) {
      try {
        Files.deleteIfExists(unfinished());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      SHARED.isMade.set(false);
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      // a temporary file stays behind
    }
  }
}
