package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Collection;
import java.util.List;

/**
 * Paths by which a change takes the place of the test framework or of the language's own modules,
 * or is loaded by them. A repository that has such files already (it develops the framework) is
 * free to change them.
 */
final class ShadowedFramework {

  private static final Pattern PYTHON =
      Pattern.compile(
          "^((?:(?:src|lib)/)?(?:_pytest|assertpy|hamcrest|hypothesis|nose|nose2|numpy|pandas|parameterized|testtools|abc|argparse|ast|asyncio|builtins|collections|contextlib|copy|datetime"
              + "|decimal|difflib|doctest|enum|functools|importlib|inspect|io|itertools|iniconfig|json|logging"
              + "|math|os|pathlib|pickle|pluggy|pprint|pytest|random|re|shutil|signal|string|subprocess"
              + "|sys|tempfile|threading|time|traceback|types|typing|unittest|warnings|weakref|xml)(?:\\.py$|/[^/]*\\.py$))");

  /** Packages of what runs tests and judges in them. */
  private static final String JVM =
      "org/junit|org/testng|org/assertj|org/hamcrest|org/mockito|org/opentest4j|org/apiguardian|org/apache/maven"
          + "|org/spockframework|org/easymock|io/kotest|kotlin/test|com/google/common/truth|net/jqwik";

  private static final Pattern JAVA =
      Pattern.compile(
          "^((?:.*/)?src/[a-zA-Z]+/(?:java|kotlin|groovy|scala)/(?:junit|java)/"
              + "|(?:.*/)?(?:"
              + JVM
              + ")/(?:[^/]+/)*[^/]+\\.(?:java|kt|groovy|scala|class)$)");
  private static final Pattern PACKAGE =
      Pattern.compile(
          "^\\s*package\\s+(?:junit|"
              + JVM.replace("/", "\\s*\\.\\s*")
              + ")(?:\\s*\\.|\\s*;|\\s*$)");
  private static final Pattern INSTALLED = Pattern.compile("((?:^|/)node_modules/)");
  private static final Pattern LOADED =
      Pattern.compile(
          "(?:^|/)(META-INF/services/(?:org\\.junit\\.|junit\\.|org\\.testng|org\\.apache\\.maven)"
              // the build can copy a file to where it is a service, but hardly rename it
              + "|org\\.(?:junit|testng)\\.[\\w.]+$|META-INF/maven/(?:plugin|extension)\\.xml$|\\.mvn/extensions\\.xml$|junit-platform\\.properties$)");

  private ShadowedFramework() {}

  /** A compiler takes a package's file from any directory. */
  static boolean declares(String line) {
    return PACKAGE.matcher(line).find();
  }

  static boolean matches(String path, boolean testFile, Collection<String> baseFiles) {
    if (!testFile && LOADED.matcher(path).find()) {
      return true;
    }
    for (Pattern pattern : List.of(PYTHON, JAVA, INSTALLED)) {
      Matcher matcher = pattern.matcher(path);
      if (matcher.find()) {
        // a single file's place is its directory
        int end = matcher.end(1) == path.length() ? path.lastIndexOf('/') + 1 : matcher.end(1);
        String place = path.substring(0, end == 0 ? path.length() : end);
        return baseFiles.stream().noneMatch(file -> file.startsWith(place));
      }
    }
    return false;
  }
}
