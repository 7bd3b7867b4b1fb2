package dev.winnow.evidence.runner;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The packages that a Python repository asks for, in a virtual environment of Winnow's, one for
 * each set of requirements. Without requirements, or as long as they could not be installed, the
 * machine's Python runs the tests, with what is installed there.
 */
final class PythonProject {

  private static final Pattern REQUIREMENTS = Pattern.compile("[\\w.-]*requirements[\\w.-]*\\.txt");

  /** The project itself is tested from the workspace, never from an installed copy. */
  private static final Pattern ITSELF =
      Pattern.compile("(?m)^\\s*(?:(?:-e|--editable)[ =]\\s*)?\\.(?:\\[[^\\]]*\\])?\\s*(?:#.*)?$");

  private static final String FINISHED = "winnow-installed";

  private static final String INSTALL =
      """
      cd "$0" || exit 1
      [ ! -e winnow-installed ] || exit 0
      python=$1 inputs=$2
      shift 2
      "$python" -m venv --clear --system-site-packages env || exit 1
      if [ -f "$inputs/pyproject.toml" ]; then
        "$python" - "$inputs/pyproject.toml" > pyproject.list <<'END' || exit 1
      import sys
      try:
          import tomllib
      except ImportError:
          sys.exit(0)
      with open(sys.argv[1], "rb") as file:
          read = tomllib.load(file)
      project = read.get("project", {})
      lines = list(project.get("dependencies", []))
      groups = list(project.get("optional-dependencies", {}).items()) + list(read.get("dependency-groups", {}).items())
      for name, entries in groups:
          if name in ("test", "tests", "testing", "dev"):
              lines += [entry for entry in entries if isinstance(entry, str)]
      print("\\n".join(lines))
      END
        set -- "$@" -r "$0/pyproject.list"
      fi
      cd "$inputs" && "$0/env/bin/python" -m pip install --disable-pip-version-check --no-input -q "$@" || exit 1
      : > "$0/winnow-installed"
      """;

  private PythonProject() {}

  /** Installs what the base asks for; empty without requirements or when that is done. */
  static Optional<Invocation> install(RunPlace place) {
    Map<String, String> inputs = inputs(place.workspace());
    if (inputs.isEmpty() || installed(place)) {
      return Optional.empty();
    }
    Path directory = place.reports().resolve("python");
    try {
      for (var input : inputs.entrySet()) {
        Path file = directory.resolve(input.getKey());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, ITSELF.matcher(input.getValue()).replaceAll(""));
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot write " + directory + ": " + e.getMessage(), e);
    }
    Path python = place.tools().need("python3");
    Path target = directory(place);
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", INSTALL, target.toString()));
    argv.addAll(List.of(python.toString(), directory.toString()));
    for (String name : inputs.keySet()) {
      if (!name.contains("/") && name.endsWith(".txt")) {
        argv.addAll(List.of("-r", name));
      }
    }
    Invocation install =
        new Invocation(
            argv,
            "",
            Map.of("PIP_RETRIES", "2", "PIP_NO_CACHE_DIR", "1"),
            place.tools().mounts(List.of(python)),
            List.of(target),
            () -> {});
    return Optional.of(place.tools().network().around(install, place));
  }

  /** The Python that runs the tests. */
  static Path python(RunPlace place) {
    return installed(place)
        ? directory(place).resolve("env/bin/python")
        : place.tools().need("python3");
  }

  static List<Path> mounts(RunPlace place, List<Path> programs) {
    List<Path> mounts = new ArrayList<>(place.tools().mounts(programs));
    if (installed(place)) {
      mounts.add(directory(place));
    }
    return mounts;
  }

  private static boolean installed(RunPlace place) {
    return Files.exists(directory(place).resolve(FINISHED));
  }

  /** The place of the environment depends on the requirements and on the Python that made it. */
  private static Path directory(RunPlace place) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String python = place.tools().need("python3").toRealPath().toString();
      digest.update((python + inputs(place.workspace())).getBytes(StandardCharsets.UTF_8));
      String key = HexFormat.of().formatHex(digest.digest(), 0, 16);
      return place.caches().resolve("python").resolve(key);
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot find python3: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Path to content; an installation without any requirement is none. */
  private static Map<String, String> inputs(Path workspace) {
    Map<String, String> inputs = new TreeMap<>();
    collect(workspace, "", inputs);
    collect(workspace.resolve("requirements"), "requirements/", inputs);
    String project = text(workspace.resolve("pyproject.toml"));
    if (project.contains("dependencies") || project.contains("dependency-groups")) {
      inputs.put("pyproject.toml", project);
    }
    boolean any = inputs.keySet().stream().anyMatch(name -> !name.contains("/"));
    return any ? inputs : Map.of();
  }

  private static void collect(Path directory, String prefix, Map<String, String> inputs) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.newDirectoryStream(directory, "*.txt")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!prefix.isEmpty() || REQUIREMENTS.matcher(name).matches()) {
          inputs.put(prefix + name, text(file));
        }
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot read " + directory + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) {
    try {
      return new String(ReportFiles.read(file, ReportFiles.MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException | ReportFiles.Unbelievable e) {
      return "";
    }
  }
}
