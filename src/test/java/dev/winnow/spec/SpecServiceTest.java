package dev.winnow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.spec.PlanningMetadata.Round;
import dev.winnow.spec.RecordAnswers.Given;
import dev.winnow.spec.RecordAnswers.Result;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecServiceTest {

  private static Database database;
  private static SpecService specs;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    specs = new SpecService(database, Optional.empty());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static Spec spec(String task) {
    return specs.create(draft(task));
  }

  private static SpecService.Draft draft(String task) {
    return new SpecService.Draft(new Task(task), Optional.empty(), Optional.empty(), "ann");
  }

  private static Spec with(Spec spec, List<Question> questions, String... criteria) {
    List<Criterion> all =
        IntStream.rangeClosed(1, criteria.length)
            .mapToObj(i -> new Criterion("AC-" + i, criteria[i - 1]))
            .toList();
    PlanningMetadata metadata =
        new PlanningMetadata(
            PlanningMetadata.Mode.STUB,
            5,
            null,
            List.of(),
            null,
            List.of(new Round(1, List.of(), null, "winnow")),
            "winnow",
            0,
            0,
            0L);
    List<PlanPhase> plan = List.of(new PlanPhase("One", List.of("do it")));
    return specs.changePlanning(
        spec.id(),
        now -> now.withPlanning(new Planning(questions, List.of(), true, "", all, plan, metadata)));
  }

  private static Question question(int number) {
    return new Question("q" + number, 1, "Question " + number + "?", "why", List.of(), "winnow");
  }

  private static List<String> findings(Spec spec) {
    return Objects.requireNonNull(specs.validate(spec.id(), List.of()).artifacts().validation())
        .findings()
        .stream()
        .map(Validation.Finding::id)
        .toList();
  }

  @Test
  void theTitleComesFromTheTask() {
    assertThat(spec("Fix the typo\n\nin the footer").title()).isEqualTo("Fix the typo");
    assertThat(
            specs
                .create(
                    new SpecService.Draft(
                        new Task("x"), Optional.of(" My\u001b title "), Optional.empty(), "ann"))
                .title())
        .isEqualTo("My title");
    assertThatThrownBy(() ->
            specs.create(
                new SpecService.Draft(
                    new Task("x"), Optional.of("t".repeat(121)), Optional.empty(), "ann")))
        .hasMessageContaining("the limit is 120");
  }

  @Test
  void complexityLooksAtWordsAndRepository() throws Exception {
    assertThat(spec("Fix a typo in the label").complexity()).isEqualTo(Complexity.SIMPLE);
    Spec large =
        spec(
            "Redesign authentication: migrate all modules to OAuth with an external provider, keep the database"
                + " schema compatible, and add permissions.\n- login\n- tokens\n- roles\n- audit");
    assertThat(large.complexity()).isEqualTo(Complexity.COMPLEX);
    assertThat(large.phases()).contains("self-critique");
    assertThat(large.artifacts().assessment().confidence()).isBetween(0.5, 1.0);
    Files.createDirectories(directory.resolve("billing/src"));
    Files.writeString(directory.resolve("billing/pom.xml"), "");
    Files.writeString(directory.resolve("billing/src/InvoiceStore.java"), "");
    Files.writeString(directory.resolve("tool.py"), "");
    Files.createSymbolicLink(directory.resolve("loop"), directory);
    Spec inRepository =
        specs.create(
            new SpecService.Draft(
                new Task("InvoiceStore must keep drafts in billing"),
                Optional.empty(),
                Optional.of(directory),
                "ann"));
    RepositorySummary seen =
        Objects.requireNonNull(inRepository.artifacts().assessment().repository());
    assertThat(seen.languages()).containsOnlyKeys("Java", "Python");
    assertThat(seen.modules()).containsExactly("billing");
    assertThat(seen.named()).containsExactly("billing", "billing/src/InvoiceStore.java");
  }

  @Test
  void emptyHugeAndBinaryTasksAreRefused() {
    assertThatThrownBy(() -> spec(" \n")).hasMessageContaining("The task is empty");
    assertThatThrownBy(() -> spec("\u0000\u0001\u0002")).hasMessageContaining("The task is empty");
    assertThatThrownBy(() -> spec("x".repeat(1 << 20)))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("1,048,576 characters");
    assertThat(spec("a\u0000b\u001b[2Jc").task()).isEqualTo("ab[2Jc");
  }

  @Test
  void validationNamesWhatIsWrong() {
    assertThat(findings(spec("Add x"))).contains("criteria-missing");
    assertThat(findings(spec("Add [NEEDS CLARIFICATION: what]"))).contains("needs-clarification");
    Spec open = with(spec("Add x"), List.of(question(1)), "It prints x", "It prints x");
    assertThat(findings(open)).contains("question-open", "criterion-twice");
    Spec good = with(spec("Add x"), List.of(), "It prints x");
    assertThat(findings(good)).doesNotContain("criteria-missing");
    assertThat(specs.get(good.id()).status()).isEqualTo(SpecStatus.VALIDATED);
    assertThat(specs.approve(good.id()).status()).isEqualTo(SpecStatus.APPROVED);
    assertThat(with(good, List.of(), "It prints y").status())
        .as("what was approved is another spec now")
        .isEqualTo(SpecStatus.DRAFT);
    assertThatThrownBy(() -> specs.approve(good.id())).hasMessageContaining("only a validated one");
    assertThat(specs.reject(good.id()).status()).isEqualTo(SpecStatus.REJECTED);
  }

  @Test
  void aCriterionThatContradictsAnAnswerIsAnError() {
    Spec spec =
        with(
            spec("Add an export"),
            List.of(question(1), question(2)),
            "The export writes a PDF file",
            "The list shows at most 10 orders");
    answer(
        spec,
        Given.text("q1", "CSV only, no PDF file please"),
        Given.text("q2", "at most 5 orders"));
    // answers come first in life; here they are given to criteria that stay
    Spec both =
        specs.changePlanning(
            spec.id(),
            now -> {
              Planning planning = Objects.requireNonNull(now.artifacts().planning());
              return now.withPlanning(
                  planning.written(
                      "",
                      spec.criteria(),
                      List.of(new PlanPhase("One", List.of("x"))),
                      planning.metadata()));
            });
    assertThat(findings(both)).filteredOn("contradiction"::equals).hasSize(2);
  }

  private static Result answer(Spec spec, Given... given) {
    return new RecordAnswers(specs).record(spec.id(), List.of(given), spec.version(), "ann");
  }

  @Test
  void unknownEmptyDoubleAndHugeAnswersAreRefusedAndTooFewAreKept() {
    Spec spec = with(spec("Add x"), List.of(question(1), question(2)), "It prints x");
    assertThatThrownBy(() -> answer(spec, Given.text("q1", "yes"), Given.text("q9\u001b", "?")))
        .hasMessage("There is no question 'q9?': the questions are q1, q2.");
    assertThatThrownBy(() -> answer(spec, Given.text("q1", " \u0000\n")))
        .hasMessageContaining("The answer to 'q1' is empty");
    assertThatThrownBy(() -> answer(spec, Given.text("q1", "a"), Given.text("q1", "b")))
        .hasMessageContaining("answered twice");
    assertThatThrownBy(() -> answer(spec, Given.text("q1", "x".repeat(20_001))))
        .hasMessageContaining("20,001 characters");
    assertThatThrownBy(() -> answer(spec("Add y"), Given.text("q1", "a")))
        .hasMessageContaining("has no questions");
    assertThat(Objects.requireNonNull(specs.get(spec.id()).artifacts().planning()).answers())
        .isEmpty();
    assertThat(answer(spec, Given.text("q1", "a")))
        .isInstanceOfSatisfying(
            Result.Saved.class,
            saved ->
                assertThat(Objects.requireNonNull(saved.spec().artifacts().planning()).open())
                    .extracting(Question::id)
                    .containsExactly("q2"));
  }

  @Test
  void manyWhoAnswerAtOnceLoseNothing() {
    int people = 12;
    List<Question> questions =
        IntStream.rangeClosed(1, people).mapToObj(SpecServiceTest::question).toList();
    Spec spec = with(spec("Add x"), questions, "It prints x");
    RecordAnswers record = new RecordAnswers(specs);
    List<CompletableFuture<Result>> all = new ArrayList<>();
    for (int i = 1; i <= people; i++) {
      String question = "q" + i;
      String by = "person" + i;
      all.add(
          CompletableFuture.supplyAsync(() ->
              record.record(spec.id(), List.of(Given.text(question, by)), spec.version(), by)));
    }
    assertThat(all).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Result.Saved.class));
    assertThat(Objects.requireNonNull(specs.get(spec.id()).artifacts().planning()).answers())
        .hasSize(people)
        .allSatisfy(a -> assertThat(a.text()).isEqualTo(a.by()));
    // the same question at the same time: the second sees the first
    Result late =
        record.record(
            spec.id(), List.of(Given.text("q1", "something else")), spec.version(), "bob");
    assertThat(late)
        .isInstanceOfSatisfying(
            Result.Conflict.class,
            conflict -> {
              assertThat(conflict.questions()).containsExactly("q1");
              assertThat(conflict.message()).contains("q1 by person1");
              assertThat(
                      record.record(
                          spec.id(),
                          List.of(Given.text("q1", "something else")),
                          conflict.spec().version(),
                          "bob"))
                  .isInstanceOf(Result.Saved.class);
            });
    assertThat(
            record.record(
                spec.id(), List.of(Given.text("q1", "something else")), 1, "the same again"))
        .isInstanceOf(Result.Saved.class);
  }

  @Test
  void specsAreFoundListedByPageAndExported() {
    Spec first = spec("One thing");
    Spec second = spec("Another thing");
    assertThat(specs.find("latest").id()).isEqualTo(second.id());
    String id = first.id().toString();
    assertThat(specs.find(id.substring(id.length() - 9))).isEqualTo(first);
    assertThatThrownBy(() -> specs.find("'; drop table spec"))
        .hasMessageContaining("is no spec id");
    assertThatThrownBy(() -> specs.find("ffffffff-ffff")).hasMessageContaining("No spec");
    assertThat(specs.list(1, Optional.of(second.id()), Optional.of("ann"))).containsExactly(first);
    assertThat(specs.list(5, Optional.empty(), Optional.of("nobody"))).isEmpty();
    assertThat(specs.export(first.id())).containsOnlyKeys("spec.md", "plan.md", "spec.json");
  }

  @Test
  void filesAreWrittenWhereTheSettingSays() throws Exception {
    SpecService writing = new SpecService(database, Optional.of(directory.resolve("artifacts")));
    Spec spec = writing.create(draft("Write files"));
    Path own = directory.resolve("artifacts/specs").resolve(spec.id().toString());
    assertThat(own.resolve("spec.md")).content().contains("# Spec: Write files");
    Spec _ = writing.validate(spec.id(), List.of());
    assertThat(own.resolve("spec.json")).content().contains("criteria-missing");
    Path blocked = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(
            () -> new SpecService(database, Optional.of(blocked)).create(draft("Write files")))
        .hasMessageContaining("The spec is saved, but its files cannot be written");
  }

  @Test
  void aTaskThatBringsItsCriteriaAlongHasThem() {
    Spec spec = spec("Add x\n\n- AC-1: It prints x\n- **AC-2**: It refuses y");
    assertThat(spec.criteria())
        .extracting(Criterion::text)
        .containsExactly("It prints x", "It refuses y");
    assertThat(findings(spec)).doesNotContain("criteria-missing");
  }
}
