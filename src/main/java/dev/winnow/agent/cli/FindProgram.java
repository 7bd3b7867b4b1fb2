package dev.winnow.agent.cli;

import dev.winnow.agent.CapText;
import dev.winnow.agent.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds an agent program on this machine, behind npm's launchers the native one, and asks it for
 * its version. Thread-safe; a file that did not change is asked once.
 */
final class FindProgram {

  /** What was found. */
  sealed interface Found {
    record Program(ProgramFile file) implements Found {}

    /** {@code problem} is one line: what is wrong and what to do. */
    record Unusable(String problem) implements Found {}

    /** {@code problem} is one line. */
    record Missing(String problem) implements Found {}
  }

  private record Key(Path path, long modified, long size) {}

  private static final Map<Key, Found> KNOWN = new ConcurrentHashMap<>();

  private static final Pattern VERSION = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})\\.(\\d{1,5})");

  private final Map<String, String> environment;
  private final Map<Driver, Path> configured;

  /**
   * @param environment Winnow's own; for PATH
   * @param configured paths that the operator gave
   */
  FindProgram(Map<String, String> environment, Map<Driver, Path> configured) {
    this.environment = Map.copyOf(environment);
    this.configured = Map.copyOf(configured);
  }

  Found find(Driver driver) {
    Path given = configured.get(driver);
    if (given != null && !(Files.isRegularFile(given) && Files.isExecutable(given))) {
      return new Found.Missing("%s is no program that can be started".formatted(given));
    }
    Optional<Path> start = Optional.ofNullable(given).or(() -> onPath(driver.label()));
    if (start.isEmpty()) {
      return new Found.Missing(
          "the program '%s' is not on the PATH; install it with: npm install -g %s"
              .formatted(driver.label(), driver.npmPackage()));
    }
    try {
      Path real = start.get().toRealPath();
      Path file = nativeProgram(driver, real).orElse(real);
      Key key = new Key(file, Files.getLastModifiedTime(file).toMillis(), Files.size(file));
      Found known = KNOWN.get(key);
      if (known == null) {
        known = examine(driver, file);
        if (known instanceof Found.Program) {
          KNOWN.put(key, known); // a refusal may pass: a busy machine, half of an installation
        }
      }
      return known;
    } catch (IOException e) {
      return new Found.Missing("%s cannot be read: %s".formatted(start.get(), e.getMessage()));
    }
  }

  private Optional<Path> onPath(String name) {
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      // a relative entry is whatever directory Winnow was started in
      if (directory.startsWith("/")) {
        Path path = Path.of(directory, name);
        if (Files.isRegularFile(path) && Files.isExecutable(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** npm's command is a script that needs Node; the program is in a package for the platform. */
  private static Optional<Path> nativeProgram(Driver driver, Path real) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    List<String> places =
        switch (driver) {
          case CODEX -> {
            String triple = (arm ? "aarch64" : "x86_64") + "-unknown-linux-musl/bin/codex";
            String name = "codex-linux-" + (arm ? "arm64" : "x64");
            yield List.of(name + "/vendor/" + triple, "codex/vendor/" + triple);
          }
          case CLAUDE -> {
            String name = "claude-code-linux-" + (arm ? "arm64" : "x64");
            yield List.of(name + "/claude", name + "-musl/claude");
          }
        };
    String scope = driver.npmPackage().substring(0, driver.npmPackage().indexOf('/'));
    for (Path part = real.getParent(); part != null; part = part.getParent()) {
      for (Path base : List.of(part, part.resolve("node_modules").resolve(scope))) {
        for (String place : places) {
          Path candidate = base.resolve(place);
          if (Files.isExecutable(candidate) && !isScript(candidate)) {
            return Optional.of(candidate);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isScript(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '#';
    } catch (IOException e) {
      return true;
    }
  }

  private Found examine(Driver driver, Path file) {
    String said = askVersion(file);
    Matcher version = VERSION.matcher(said);
    String sign =
        switch (driver) {
          case CODEX -> "codex";
          case CLAUDE -> "claude code";
        };
    String shown = CapText.oneLine(said, 80);
    if (!said.toLowerCase(java.util.Locale.ROOT).contains(sign) || !version.find()) {
      return new Found.Unusable(
          "%s is not %s: asked for its version it says '%s'"
              .formatted(file, driver.label(), shown));
    }
    int[] oldest =
        switch (driver) {
          case CODEX -> new int[] {0, 160};
          case CLAUDE -> new int[] {2, 1};
        };
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    if (major < oldest[0] || (major == oldest[0] && minor < oldest[1])) {
      return new Found.Unusable(
          "%s %s is too old; Winnow needs %d.%d or newer: npm install -g %s"
              .formatted(file, version.group(), oldest[0], oldest[1], driver.npmPackage()));
    }
    return new Found.Program(new ProgramFile(file, mounts(file), version.group()));
  }

  /** Codex has its helpers in directories beside its own. */
  private static List<Path> mounts(Path file) {
    Path bin = file.getParent();
    if (bin != null && bin.endsWith("bin") && bin.getParent() != null) {
      Path around = bin.getParent();
      if (Files.isDirectory(around.resolve("codex-path"))) {
        return List.of(around);
      }
    }
    return List.of(file);
  }

  private String askVersion(Path file) {
    try {
      ProcessBuilder builder = new ProcessBuilder(file.toString(), "--version");
      builder.environment().clear();
      builder.environment().put("PATH", environment.getOrDefault("PATH", "/usr/bin:/bin"));
      builder.environment().put("HOME", "/nonexistent");
      builder.redirectErrorStream(true);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "nothing in 10 seconds";
      }
      return new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
