package dev.winnow.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The class path of child processes, as jars only, and an archive of its classes, which a run of
 * its own leaves for all of them while the first ones work: a child then takes a quarter less of
 * processor time. Directories, such as that of the compiler, cannot be in such an archive.
 */
final class ChildClasses {

  private static final ChildClasses SHARED = new ChildClasses();

  private final Path directory;
  private final Path archive;
  private final String classPath;
  private volatile @Nullable Process rehearsal;

  private ChildClasses() {
    try {
      directory = Files.createTempDirectory("winnow-child-");
      archive = directory.resolve("classes.jsa");
      Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
      List<String> all = List.of(System.getProperty("java.class.path").split(":", -1));
      classPath =
          Stream.concat(
                  Stream.of(pack(all).toString()), all.stream().filter(e -> e.endsWith(".jar")))
              .collect(Collectors.joining(":"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::make);
  }

  private Path pack(List<String> classPath) throws IOException {
    Path jar = directory.resolve("winnow.jar");
    Path classes = holding(Main.class, classPath);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : found.filter(Files::isRegularFile).toList()) {
        add(zip, classes, path);
      }
      Path tests = holding(RehearseChild.class, classPath);
      add(zip, tests, tests.resolve(nameOf(RehearseChild.class)));
    }
    return jar;
  }

  private static Path holding(Class<?> type, List<String> classPath) {
    return classPath.stream()
        .map(Path::of)
        .filter(entry -> Files.exists(entry.resolve(nameOf(type))))
        .findFirst()
        .orElseThrow();
  }

  private static String nameOf(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }

  private static void add(ZipOutputStream zip, Path root, Path file) throws IOException {
    zip.putNextEntry(new ZipEntry(root.relativize(file).toString()));
    Files.copy(file, zip);
  }

  /** Without it children only start slower. */
  private void make() {
    Path unfinished = directory.resolve("unfinished.jsa");
    try (TestCommandLine setting = TestCommandLine.withSharedServer()) {
      FixtureRepository shell = FixtureRepository.create("shell", setting.newDirectory());
      List<String> argv = new ArrayList<>(java());
      argv.addAll(List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable"));
      argv.addAll(List.of("-cp", classPath, RehearseChild.class.getName()));
      argv.addAll(List.of(shell.run("--apply", "none", "--agents", shell.agent("right"))));
      ProcessBuilder builder =
          new ProcessBuilder(argv)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(setting.environment());
      Process child = builder.start();
      rehearsal = child;
      if (child.waitFor() == 0 && Files.exists(unfinished)) {
        Files.move(unfinished, archive);
      }
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The JVM of this process, as the launcher starts it. */
  static List<String> java() {
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:CompileThresholdScaling=8");
  }

  /** What a child's JVM gets beside these. */
  static List<String> options() {
    String sharing =
        Files.exists(SHARED.archive) ? "-XX:SharedArchiveFile=" + SHARED.archive : "-Xshare:auto";
    return List.of(sharing, "-Xlog:disable", "-cp", SHARED.classPath);
  }

  private void delete() {
    Process child = rehearsal;
    if (child != null) {
      child.destroyForcibly();
    }
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
