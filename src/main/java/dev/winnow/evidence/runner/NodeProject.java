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

  private static final Pattern TEST =
      Pattern.compile("(.*[._-](test|spec)|test|test-.*)\\.[cm]?[jt]sx?");
  private static final Pattern SOURCE = Pattern.compile(".*\\.[cm]?[jt]sx?");
  private static final Pattern CONFIGURATION =
      Pattern.compile(
          "package(-lock)?\\.json|\\.mocharc\\..*|\\.npmrc|npm-shrinkwrap\\.json|"
              + "(vite|vitest|jest|babel)\\.(config|workspace|setup).*|tsconfig.*\\.json");
  private static final List<String> INPUTS =
      List.of("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc");

  private static final String FINISHED = "winnow-installed";

  /**
   * Runs in the directory and not with {@code --prefix}, which would hide the machine's npmrc.
   * Whoever waited for another run's installation finds it finished. A lock file without the
   * packages of other platforms is common, and {@code npm ci} refuses it.
   */
  private static final String INSTALL =
      """
      cd "$0" || exit 1
      [ ! -e winnow-installed ] || exit 0
      cp -r "$1"/. . || exit 1
      npm=$2
      shift 2
      done=
      if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then
        if out=$("$npm" ci "$@" 2>&1); then done=1; fi
        printf '%s\n' "$out"
        case $out in *EUSAGE*) ;; *) [ -n "$done" ] || exit 1 ;; esac
      fi
      [ -n "$done" ] || "$npm" install "$@" || exit 1
      : > winnow-installed
      """;

  private NodeProject() {}

  static boolean isTestFile(String path) {
    return RepositoryPath.inTestDirectory(path)
        || TEST.matcher(RepositoryPath.name(path)).matches();
  }

  /** The sources among the selected files, to be named on a command line. */
  static List<String> arguments(List<String> paths) {
    return paths.stream()
        .filter(path -> SOURCE.matcher(path).matches())
        .map(RepositoryPath::argument)
        .toList();
  }

  static boolean isBuildFile(String path) {
    return CONFIGURATION.matcher(RepositoryPath.name(path)).matches();
  }

  /** Installs what the lock file names; empty without dependencies or when that is done. */
  static Optional<Invocation> install(RunPlace place) {
    if (!hasDependencies(place.workspace()) || installed(place)) {
      return Optional.empty();
    }
    if (content(place.workspace().resolve("package.json")).contains("\"workspaces\"")) {
      throw WinnowException.infrastructure(
          "npm workspaces cannot be installed beside the repository; give --test-command"
              + " \"npm ci && npm test\" with --junit",
          null);
    }
    Path target = project(place);
    Path inputs = place.reports().resolve("npm");
    try {
      Files.createDirectories(inputs);
      for (String name : INPUTS) {
        Path source = place.workspace().resolve(name);
        if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(source, inputs.resolve(name));
        }
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write " + inputs + ": " + e.getMessage(), e);
    }
    Path npm = place.tools().need("npm");
    List<String> argv =
        List.of(
            "/bin/sh",
            "-c",
            INSTALL,
            target.toString(),
            inputs.toString(),
            npm.toString(),
            "--ignore-scripts",
            "--no-audit",
            "--no-fund");
    Invocation install =
        new Invocation(
            argv,
            "",
            npmConfiguration(place),
            place.tools().mounts(List.of(npm, place.tools().need("node"))),
            List.of(target),
            () -> {});
    return Optional.of(place.tools().network().around(install, place));
  }

  /** Whether an installation was finished; one that was killed in the middle is begun again. */
  private static boolean installed(RunPlace place) {
    return Files.exists(project(place).resolve(FINISHED));
  }

  /**
   * Registry and credentials of the user: for resolving the base only, never for a candidate.
   * Scripts of packages do not run.
   */
  static Map<String, String> npmConfiguration(RunPlace place) {
    Map<String, String> environment = new HashMap<>();
    environment.put("npm_config_update_notifier", "false");
    // a registry that cannot be reached is said after seconds, not after the limit of the phase
    environment.put("npm_config_fetch_timeout", "60000");
    environment.put("npm_config_fetch_retry_mintimeout", "1000");
    environment.put("npm_config_fetch_retry_maxtimeout", "5000");
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
    if (!installed(place) || parent == null) {
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

  private static Path modules(RunPlace place) {
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
