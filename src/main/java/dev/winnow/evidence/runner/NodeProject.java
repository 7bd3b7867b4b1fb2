package dev.winnow.evidence.runner;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What node and npm share. Dependencies are installed once for a lock file, without scripts of
 * theirs, and stand in a {@code node_modules} beside the workspace: node looks there by itself, and
 * a candidate cannot write it.
 */
final class NodeProject {

  static final List<String> OUTPUTS = List.of("node_modules/", "coverage/", ".nyc_output/");

  private static final Pattern TEST =
      Pattern.compile("(.*[._-](test|spec)|test|test-.*)\\.[cm]?[jt]sx?");
  private static final Pattern SOURCE = Pattern.compile(".*\\.[cm]?[jt]sx?");
  private static final Pattern CONFIGURATION =
      Pattern.compile(
          "package(-lock)?\\.json|\\.mocharc\\..*|\\.npmrc|npm-shrinkwrap\\.json|"
              + "(vite|vitest|jest|babel)\\.(config|workspace|setup).*|tsconfig.*\\.json");
  private static final List<String> INPUTS =
      List.of("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc");

  private NodeProject() {}

  static boolean isTestFile(String path) {
    return RepositoryPath.inTestDirectory(path)
        || TEST.matcher(RepositoryPath.name(path)).matches();
  }

  static boolean isSource(String path) {
    return SOURCE.matcher(path).matches();
  }

  static boolean isBuildFile(String path) {
    return CONFIGURATION.matcher(RepositoryPath.name(path)).matches();
  }

  /** Installs what the lock file names; empty without dependencies or when that is done. */
  static Optional<Invocation> install(RunPlace place) {
    if (!hasDependencies(place.workspace()) || Files.exists(modules(place))) {
      return Optional.empty();
    }
    Path target = project(place);
    try {
      Files.createDirectories(target);
      for (String name : INPUTS) {
        Path source = place.workspace().resolve(name);
        if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(source, target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write " + target + ": " + e.getMessage(), e);
    }
    Path npm = place.tools().need("npm");
    boolean locked =
        Files.exists(target.resolve("package-lock.json"))
            || Files.exists(target.resolve("npm-shrinkwrap.json"));
    List<String> argv =
        List.of(
            npm.toString(),
            locked ? "ci" : "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefix",
            target.toString());
    return Optional.of(
        new Invocation(
            argv,
            "",
            npmConfiguration(place),
            place.tools().mounts(List.of(npm, place.tools().need("node"))),
            List.of(target),
            () -> {}));
  }

  /**
   * Registry and credentials of the user: for resolving the base only, never for a candidate.
   * Scripts of packages do not run.
   */
  static Map<String, String> npmConfiguration(RunPlace place) {
    Map<String, String> environment = new HashMap<>();
    environment.put("npm_config_update_notifier", "false");
    environment.put("npm_config_fetch_timeout", "60000");
    Path own = Path.of(System.getProperty("user.home", "/nonexistent"), ".npmrc");
    if (Files.isRegularFile(own)) {
      Path copy = place.reports().resolve("npmrc");
      try {
        Files.writeString(copy, Files.readString(own));
      } catch (IOException e) {
        throw WinnowException.infrastructure("cannot copy " + own + ": " + e.getMessage(), e);
      }
      environment.put("npm_config_userconfig", copy.toString());
    }
    return environment;
  }

  /** Makes the dependencies visible beside the workspace; the paths to mount. */
  static List<Path> link(RunPlace place) {
    if (!hasDependencies(place.workspace())) {
      return List.of();
    }
    Path modules = modules(place);
    Path parent = place.workspace().toAbsolutePath().getParent();
    if (!Files.isDirectory(modules) || parent == null) {
      throw WinnowException.infrastructure(
          "the dependencies in package-lock.json are not those that were installed for the base",
          null);
    }
    Path link = parent.resolve("node_modules");
    try {
      boolean same = Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(modules);
      if (!same) {
        Path fresh = parent.resolve("node_modules." + dev.winnow.Ids.next());
        Files.createSymbolicLink(fresh, modules);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot create " + link + ": " + e.getMessage(), e);
    }
    // the place that it points to as well: without bubblewrap there is no mount at the link
    return List.of(link, modules);
  }

  static Path modules(RunPlace place) {
    return project(place).resolve("node_modules");
  }

  private static Path project(RunPlace place) {
    return place.caches().resolve("npm").resolve(key(place.workspace()));
  }

  private static boolean hasDependencies(Path workspace) {
    return content(workspace.resolve("package.json")).contains("ependencies\"");
  }

  /** What the installation depends on: the lock file, or without one the package file. */
  private static String key(Path workspace) {
    String lock = content(workspace.resolve("package-lock.json"));
    String text = lock.isEmpty() ? content(workspace.resolve("package.json")) : lock;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String content(Path file) {
    try {
      return new String(
          ReportFiles.read(file, ReportFiles.MAX_BYTES), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException | ReportFiles.Unbelievable e) {
      return "";
    }
  }

  static Optional<TestRunner.Explanation> explain(String output, Report report) {
    boolean nothing = report.results().isEmpty();
    if (nothing && output.startsWith("Could not find '")) {
      return Optional.of(
          new TestRunner.Explanation(TestRun.Verdict.NO_TESTS, Excerpt.firstLine(output)));
    }
    return Optional.empty();
  }
}
