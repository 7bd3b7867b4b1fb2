package dev.winnow.evidence.runner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maven with surefire, single and multi-module. */
final class MavenRunner implements JavaTestRunner {

  /** A method that no class has: surefire resolves its provider, starts it, and runs nothing. */
  private static final String NOTHING = "-Dtest=*#winnowResolvesOnly";

  @Override
  public String name() {
    return "maven";
  }

  @Override
  public boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return name.equals("pom.xml")
        || name.startsWith("mvnw")
        || path.startsWith(".mvn/")
        || name.equals("junit-platform.properties")
        || name.equals("testng.xml");
  }

  @Override
  public List<String> buildOutputs() {
    return List.of("target/", ".flattened-pom.xml", "dependency-reduced-pom.xml");
  }

  @Override
  public List<String> programs() {
    return List.of("java", "mvn");
  }

  @Override
  public List<String> reportGlobs() {
    return List.of("target/surefire-reports/TEST-*.xml", "**/target/surefire-reports/TEST-*.xml");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    List<String> argv = command(place);
    argv.add("-o");
    switch (selection) {
      case TestSelection.All() -> {}
      case TestSelection.Files(List<String> paths) -> {
        List<String> names = new ArrayList<>();
        for (String type : JavaBuild.classes(paths)) {
          names.add(type);
          names.add(type + "$*");
        }
        argv.add("-Dtest=" + String.join(",", names));
        argv.addAll(mayRunNothing());
      }
    }
    argv.add("test");
    return invocation(place, argv, List.of(cache(place)), List.of(), () -> {});
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    ServeLocalRepository local = ServeLocalRepository.ofUser(place.reports());
    List<String> argv = command(place);
    argv.addAll(local.options());
    argv.add(NOTHING);
    argv.addAll(mayRunNothing());
    argv.add("test");
    Invocation resolve = invocation(place, argv, List.of(), List.of(cache(place)), local::close);
    return Optional.of(place.tools().network().around(resolve, place));
  }

  private static List<String> mayRunNothing() {
    // the second name is that of surefire 2
    return List.of("-Dsurefire.failIfNoSpecifiedTests=false", "-DfailIfNoTests=false");
  }

  private static Path cache(RunPlace place) {
    return place.caches().resolve("maven");
  }

  private static List<String> command(RunPlace place) {
    return new ArrayList<>(
        List.of(
            place.tools().need("mvn").toString(),
            "-B",
            "-ntp",
            "-fae",
            "-Dstyle.color=never",
            "-Dmaven.test.failure.ignore=false",
            "-Dmaven.repo.local=" + cache(place)));
  }

  private static Invocation invocation(
      RunPlace place, List<String> argv, List<Path> read, List<Path> write, Runnable afterwards) {
    List<Path> readOnly = new ArrayList<>(JavaBuild.mounts(place, place.tools().need("mvn")));
    readOnly.addAll(read);
    Map<String, String> environment = JavaBuild.environment(place);
    environment.put("MAVEN_OPTS", JavaBuild.TOOL_OPTIONS);
    return new Invocation(argv, "", environment, readOnly, write, afterwards);
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    return ExplainMaven.explain(output);
  }
}
