package dev.winnow.evidence.tamper;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tests that a source file names, as far as that can be told without running it. */
public record NamesOfTests(Set<String> names) {

  public NamesOfTests {
    names = Set.copyOf(names);
  }

  public static NamesOfTests in(String path, String text) {
    return new NamesOfTests(
        TestBlocks.of(SourceText.of(path, text)).byName().keySet().stream()
            .map(NamesOfTests::unquoted)
            .collect(Collectors.toSet()));
  }

  /** Whether it is the id of a test, and not of a file, class or package as a whole. */
  public static boolean isTest(String id) {
    return id.contains("::") || id.contains("#");
  }

  /** Whether this id, of whatever runner, ends in the name of one of the tests. */
  public boolean contains(String id) {
    int at = Math.max(id.lastIndexOf("::") + 1, id.lastIndexOf('#'));
    String test = id.substring(at + 1);
    int before = at < 2 ? -1 : id.lastIndexOf("::", at - 2);
    String owner = before < 0 ? "" : id.substring(before + 2, at - 1) + ".";
    int suite = test.lastIndexOf(" > ");
    String inSuite = suite < 0 ? test : test.substring(suite + 3);
    String withoutArguments = test.replaceFirst("[\\[({/].*", "");
    return Stream.of(test, inSuite, withoutArguments)
        .anyMatch(name -> names.contains(name) || names.contains(owner + name));
  }

  private static String unquoted(String name) {
    boolean quoted =
        name.length() > 1
            && "\"'`".indexOf(name.charAt(0)) >= 0
            && name.charAt(0) == name.charAt(name.length() - 1);
    return quoted ? name.substring(1, name.length() - 1) : name;
  }
}
