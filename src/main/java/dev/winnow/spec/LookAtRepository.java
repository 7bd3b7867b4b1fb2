package dev.winnow.spec;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks over a directory: names only, no content, no link followed, and not for long. */
final class LookAtRepository {

  private static final int MOST_FILES = 20_000;
  private static final int MOST_DEPTH = 12;
  private static final int MOST_NAMES = 20;

  private static final Set<String> LEFT_OUT =
      Set.of("node_modules", "target", "build", "dist", "out", "vendor", "venv", "__pycache__");

  private static final Set<String> BUILD_FILES =
      Set.of(
          "pom.xml",
          "build.gradle",
          "build.gradle.kts",
          "package.json",
          "pyproject.toml",
          "setup.py",
          "go.mod",
          "Cargo.toml",
          "Makefile");

  private static final Map<String, String> LANGUAGES =
      Map.ofEntries(
          Map.entry("java", "Java"),
          Map.entry("kt", "Kotlin"),
          Map.entry("py", "Python"),
          Map.entry("js", "JavaScript"),
          Map.entry("mjs", "JavaScript"),
          Map.entry("ts", "TypeScript"),
          Map.entry("tsx", "TypeScript"),
          Map.entry("go", "Go"),
          Map.entry("rs", "Rust"),
          Map.entry("rb", "Ruby"),
          Map.entry("c", "C"),
          Map.entry("cpp", "C++"),
          Map.entry("cs", "C#"),
          Map.entry("php", "PHP"),
          Map.entry("sql", "SQL"),
          Map.entry("sh", "Shell"));

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]{3,}");

  private final Path root;
  private final Map<String, Integer> languages = new HashMap<>();
  private final Map<String, String> paths = new HashMap<>(); // by simple name in lower case
  private final Set<String> modules = new TreeSet<>();
  private final Set<String> buildFiles = new TreeSet<>();
  private int files;
  private boolean cut;

  private LookAtRepository(Path root) {
    this.root = root;
  }

  /** An unreadable part is left out; of a directory that does not exist nothing is seen. */
  static RepositorySummary at(Path root, String task) {
    LookAtRepository look = new LookAtRepository(root);
    try {
      Files.walkFileTree(root, Set.of(), MOST_DEPTH, look.new Visitor());
    } catch (IOException e) {
      look.cut = true;
    }
    return look.summary(task);
  }

  private RepositorySummary summary(String task) {
    Map<String, Integer> sorted = new LinkedHashMap<>();
    languages.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return new RepositorySummary(
        sorted, files, cut, few(modules), few(named(task)), few(buildFiles));
  }

  private Set<String> named(String task) {
    Set<String> named = new TreeSet<>();
    Matcher words = WORD.matcher(task);
    while (words.find()) {
      String path = paths.get(words.group().toLowerCase(Locale.ROOT));
      // an ordinary word names a class only when it is written like one
      if (path != null && (isName(words.group()) || modules.contains(path))) {
        named.add(path);
      }
    }
    return named;
  }

  private static boolean isName(String word) {
    return word.indexOf('_') >= 0 || !word.equals(word.toLowerCase(Locale.ROOT));
  }

  private static List<String> few(Set<String> names) {
    return new ArrayList<>(names).subList(0, Math.min(MOST_NAMES, names.size()));
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      String name = String.valueOf(directory.getFileName());
      boolean skipped = name.startsWith(".") || LEFT_OUT.contains(name);
      return skipped && !directory.equals(root)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (++files > MOST_FILES) {
        cut = true;
        return FileVisitResult.TERMINATE;
      }
      String path = root.relativize(file).toString();
      String name = String.valueOf(file.getFileName());
      int dot = name.lastIndexOf('.');
      String language =
          LANGUAGES.get(dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT));
      if (language != null) {
        languages.merge(language, 1, Integer::sum);
        paths.putIfAbsent(name.substring(0, dot).toLowerCase(Locale.ROOT), path);
      }
      if (BUILD_FILES.contains(name)) {
        buildFiles.add(path);
        Path directory = root.relativize(file).getParent();
        if (directory != null) {
          modules.add(directory.toString());
          paths.put(
              String.valueOf(directory.getFileName()).toLowerCase(Locale.ROOT),
              directory.toString());
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      cut = true;
      return FileVisitResult.CONTINUE;
    }
  }
}
