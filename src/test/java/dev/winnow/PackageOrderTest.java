package dev.winnow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Holds the order of the packages: imports only point down. */
class PackageOrderTest {

  /** Top to bottom, as in docs/design-decisions.md; the root package is below all of them. */
  private static final List<String> ORDER =
      List.of(
          "app",
          "http",
          "run",
          "interview",
          "judge",
          "evidence",
          "agent",
          "workspace",
          "checkpoint",
          "spec",
          "store",
          "telemetry");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.winnow");

  @Test
  void importsOnlyPointDown() {
    for (int i = 1; i < ORDER.size(); i++) {
      String[] above =
          IntStream.range(0, i)
              .mapToObj(k -> "dev.winnow." + ORDER.get(k) + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("dev.winnow." + ORDER.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .allowEmptyShould(true)
          .check(MAIN);
    }
    noClasses()
        .that()
        .resideInAPackage("dev.winnow")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.winnow.*..")
        .check(MAIN);
  }

  @Test
  void runningTestsKnowsNothingOfWhatIsConcludedFromThem() {
    noClasses()
        .that()
        .resideInAPackage("dev.winnow.evidence.runner")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.winnow.evidence", "dev.winnow.evidence.tamper")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("dev.winnow.evidence.tamper")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.winnow.evidence")
        .check(MAIN);
  }

  @Test
  void theUseCasesKnowNeitherSqlNorHttpNorVendors() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.winnow.run..",
            "dev.winnow.interview..",
            "dev.winnow.judge..",
            "dev.winnow.evidence..")
        .and()
        .haveSimpleNameNotEndingWith("Store")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "java.net.http..",
            "com.openai..",
            "com.anthropic..",
            "org.apache.hc..")
        .check(MAIN);
  }

  @Test
  void agentsAreAskedThroughTheDispatcherOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.winnow.agent..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("dev.winnow.agent.AgentSession")
        .check(MAIN);
  }

  /** They are loaded by the first call of a model, so that no other command pays for them. */
  @Test
  void onlyTheCallsOfModelsKnowTheSdksOfProviders() {
    noClasses()
        .that()
        .haveNameNotMatching(
            "dev\\.winnow\\.agent\\.provider\\.(CallOpenAi|CallAnthropic|OpenAiHttp|AnthropicHttp)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.openai..", "com.anthropic..")
        .check(MAIN);
  }
}
