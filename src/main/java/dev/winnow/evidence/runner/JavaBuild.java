package dev.winnow.evidence.runner;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What Maven and Gradle share: the layout of sources, the names of classes, the JDK. */
final class JavaBuild {

  private static final Pattern TEST_SOURCES =
      Pattern.compile("(.*/)?src/(test|it|integrationTest|testFixtures|[a-zA-Z]+Test)/.*");
  private static final Pattern SOURCE =
      Pattern.compile(
          "(?:.*/)?src/[a-zA-Z]+/(?:java|kotlin|groovy|scala)/(.*)\\.(?:java|kt|groovy|scala)");

  /**
   * For the JVM of the build tool, not for those of the tests: it lives for seconds, and half of
   * its processor time went into optimising code that then ended. No garbage collector is named:
   * the repository's {@code .mvn/jvm.config} may name another one, and two are an error.
   */
  static final String TOOL_OPTIONS = "-XX:TieredStopAtLevel=1";

  private JavaBuild() {}

  static boolean isTestFile(String path) {
    return TEST_SOURCES.matcher(path).matches();
  }

  /** Fully qualified names of the classes that the files are named after. */
  static List<String> classes(List<String> paths) {
    Set<String> classes = new LinkedHashSet<>();
    for (String path : paths) {
      var matcher = SOURCE.matcher(path);
      if (matcher.matches()) {
        classes.add(matcher.group(1).replace('/', '.'));
      }
    }
    return List.copyOf(classes);
  }

  /**
   * Whether {@code com.acme.AppTest$Inner#adds} can come from {@code .../com/acme/AppTest.java}.
   */
  static boolean definedIn(String id, String path) {
    String type = id.contains("#") ? id.substring(0, id.indexOf('#')) : id;
    int nested = type.indexOf('$');
    String outer = nested < 0 ? type : type.substring(0, nested);
    return classes(List.of(path)).contains(outer);
  }

  static Map<String, String> environment(RunPlace place) {
    Map<String, String> environment = new HashMap<>();
    place.tools().javaHome().ifPresent(home -> environment.put("JAVA_HOME", home.toString()));
    return environment;
  }

  /** Host paths that a JDK and its build tool read; Debian keeps parts of both in /etc. */
  static List<Path> mounts(RunPlace place, Path program) {
    List<Path> programs = new ArrayList<>(List.of(program));
    place.tools().javaHome().ifPresent(home -> programs.add(home.resolve("bin/java")));
    List<Path> mounts = new ArrayList<>(place.tools().mounts(programs));
    for (String name :
        List.of("/etc/maven", "/etc/gradle", "/etc/ssl/certs", "/etc/alternatives")) {
      addIfPresent(mounts, Path.of(name));
    }
    try (var etc = Files.newDirectoryStream(Path.of("/etc"), "java-*")) {
      etc.forEach(mounts::add);
    } catch (java.io.IOException e) {
      // no /etc: then nothing of a JDK lies there
      return mounts;
    }
    return mounts;
  }

  private static void addIfPresent(List<Path> mounts, Path path) {
    if (Files.exists(path)) {
      mounts.add(path);
    }
  }
}
