package dev.winnow.evidence.runner;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the programs of test runners by absolute path, once: a candidate that plants a {@code mvn}
 * of its own changes nothing. Commands of the sandbox run as another user when Winnow is root, so a
 * program that others cannot read is no use there.
 */
public final class FindTools {

  private static final List<Path> SYSTEM =
      List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"));

  /** Program to the way to get it. */
  private static final Map<String, String> KNOWN = known();

  /** Of these a user's own version wins, because a distribution's is years behind. */
  private static final Set<String> OWN_VERSION = Set.of("mvn", "gradle");

  private final List<Path> directories;
  private final List<Path> users;
  private final @Nullable Path javaHome;
  private final boolean othersMustRead;
  private final UserNetwork network;
  private final Map<String, ToolFound> found = new LinkedHashMap<>();

  FindTools(
      List<Path> directories,
      @Nullable Path javaHome,
      boolean othersMustRead,
      UserNetwork network) {
    this.network = network;
    this.directories = List.copyOf(directories);
    this.users =
        Stream.concat(
                directories.stream().filter(d -> !SYSTEM.contains(d)),
                directories.stream().filter(SYSTEM::contains))
            .toList();
    this.javaHome = javaHome;
    this.othersMustRead = othersMustRead;
    KNOWN.keySet().forEach(name -> found.put(name, look(name)));
  }

  /**
   * Looks in the system's directories first, then in those of the user's PATH; for Maven and Gradle
   * the other way round.
   */
  public static FindTools onThisMachine() {
    return in(System.getenv());
  }

  /** The same for another environment. */
  public static FindTools in(Map<String, String> environment) {
    Set<Path> directories = new LinkedHashSet<>(SYSTEM);
    for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
      // a relative entry would depend on the directory that Winnow was started in
      if (entry.startsWith("/")) {
        directories.add(Path.of(entry));
      }
    }
    String home = environment.getOrDefault("JAVA_HOME", "");
    return new FindTools(
        List.copyOf(directories),
        home.startsWith("/") ? Path.of(home) : null,
        "root".equals(System.getProperty("user.name")),
        UserNetwork.of(environment));
  }

  /** How the user reaches the network; for the preparation of a base only. */
  UserNetwork network() {
    return network;
  }

  /** Every program that some runner needs, found or not. */
  public List<ToolFound> tools() {
    return List.copyOf(found.values());
  }

  Optional<Path> path(String name) {
    ToolFound tool = found.get(name);
    return tool == null ? Optional.empty() : tool.path();
  }

  /**
   * @throws WinnowException of category INFRASTRUCTURE that names the program and how to get it
   */
  Path need(String name) {
    return path(name)
        .orElseThrow(() -> {
          ToolFound tool = found.get(name);
          String note = tool == null ? "install it" : tool.note() + "; " + tool.remedy();
          return WinnowException.infrastructure(
              "this repository needs " + name + ": " + note, null);
        });
  }

  /** Home of the JDK that builds: the user's JAVA_HOME, else that of the default java. */
  Optional<Path> javaHome() {
    if (javaHome != null && usable(javaHome.resolve("bin/javac"))) {
      return Optional.of(javaHome);
    }
    return path("java")
        .flatMap(FindTools::real)
        .map(java -> java.resolve("../..").normalize())
        .filter(home -> Files.exists(home.resolve("bin/javac")));
  }

  /** The directories that must be visible for a program outside of /usr to work. */
  List<Path> mounts(List<Path> programs) {
    Set<Path> mounts = new LinkedHashSet<>();
    for (Path program : programs) {
      for (Path path : List.of(program, real(program).orElse(program))) {
        if (!path.startsWith("/usr") && !path.startsWith("/bin")) {
          Path directory = path.getParent();
          boolean bin = directory != null && directory.endsWith("bin");
          Path root = bin && directory != null ? directory.getParent() : directory;
          mounts.add(root == null ? path : root);
        }
      }
    }
    return List.copyOf(mounts);
  }

  private ToolFound look(String name) {
    Path unreachable = null;
    for (Path directory : OWN_VERSION.contains(name) ? users : directories) {
      Path program = directory.resolve(name);
      if (!Files.isExecutable(program) || Files.isDirectory(program)) {
        continue;
      }
      if (usable(program)) {
        return new ToolFound(name, Optional.of(program), program.toString(), "");
      }
      unreachable = program;
    }
    String install = "install it with: " + KNOWN.getOrDefault(name, name);
    if (unreachable != null) {
      return new ToolFound(
          name,
          Optional.empty(),
          unreachable + " cannot be read by the sandbox's user when Winnow runs as root",
          install);
    }
    return new ToolFound(name, Optional.empty(), "not found", install);
  }

  private boolean usable(Path program) {
    if (!Files.isExecutable(program)) {
      return false;
    }
    return !othersMustRead
        || (readable(program) && real(program).map(this::readable).orElse(false));
  }

  /** Whether somebody else may execute the file and pass through all directories above it. */
  private boolean readable(Path program) {
    for (Path path = program; path != null; path = path.getParent()) {
      try {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        if (!mode.contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      } catch (IOException | UnsupportedOperationException e) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath(new LinkOption[0]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> known() {
    Map<String, String> known = new LinkedHashMap<>();
    known.put("java", "apt-get install openjdk-17-jdk-headless");
    known.put("mvn", "apt-get install maven");
    known.put("gradle", "apt-get install gradle");
    known.put("node", "apt-get install nodejs");
    known.put("npm", "apt-get install npm");
    known.put("python3", "apt-get install python3");
    known.put("pytest", "apt-get install python3-pytest");
    known.put("go", "apt-get install golang-go");
    known.put("cargo", "apt-get install cargo");
    return known;
  }
}
