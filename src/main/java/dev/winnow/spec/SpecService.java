package dev.winnow.spec;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates, finds, validates, decides on and exports specs. */
public final class SpecService {

  private static final int MOST_TITLE = 120;

  /**
   * What somebody wants.
   *
   * @param title empty for one from the task
   * @param repository the directory that it is about, or empty
   */
  public record Draft(
      Task task, Optional<String> title, Optional<Path> repository, String submitter) {

    /** The same with this title, unless it has one. */
    public Draft titled(String other) {
      return new Draft(task, title.or(() -> Optional.of(other)), repository, submitter);
    }
  }

  private final SpecStore store;
  private final Optional<Path> artifacts;

  /**
   * @param artifacts where every spec is also written as files, if anywhere
   */
  public SpecService(Database database, Optional<Path> artifacts) {
    this.store = new SpecStore(database);
    this.artifacts = artifacts;
  }

  public Spec create(Draft draft) {
    return create(draft, null);
  }

  /** The same with the id that the new spec gets. */
  public Spec create(UUID id, Draft draft) {
    return create(id, draft, null);
  }

  /** Whether there is such a spec, and it is this one's; anybody's when nobody is named. */
  public boolean sees(UUID id, Optional<String> owner) {
    return store.sees(id, owner);
  }

  /**
   * The same with planning that was done elsewhere.
   *
   * @throws WinnowException of category USAGE for a repository that is no directory
   */
  public Spec create(Draft draft, @Nullable Planning planning) {
    return create(Ids.next(), draft, planning);
  }

  private Spec create(UUID id, Draft draft, @Nullable Planning planning) {
    Path repository = draft.repository().orElse(null);
    if (repository != null && !Files.isDirectory(repository)) {
      throw WinnowException.usage(repository + " is not a directory: give --repo a git repository");
    }
    String task = draft.task().text();
    Assessment assessment =
        AssessComplexity.of(
            task, repository == null ? null : LookAtRepository.at(repository, task));
    Instant now = Instant.now();
    return written(
        store.create(
            new Spec(
                id,
                1,
                SpecStatus.DRAFT,
                title(draft),
                task,
                assessment.complexity(),
                assessment.complexity().phases(),
                draft.repository().map(Path::toString),
                draft.submitter(),
                draft.submitter(),
                now,
                now,
                new Artifacts(assessment, planning == null ? inTask(task) : planning, null))));
  }

  /** A task that brings its criteria along needs no interview to have them. */
  private static @Nullable Planning inTask(String task) {
    List<Criterion> criteria = ReadCriteria.in(task);
    return criteria.isEmpty()
        ? null
        : new Planning(
            List.of(), List.of(), true, "", criteria, List.of(), PlanningMetadata.imported());
  }

  private static String title(Draft draft) {
    String title =
        draft.title().map(t -> t.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip()).orElse("");
    if (draft.title().isPresent() && title.isEmpty()) {
      throw WinnowException.usage("The title is empty: give --title some words, or leave it out.");
    }
    if (title.length() > MOST_TITLE) {
      throw WinnowException.usage(
          "The title has %d characters, the limit is %d.".formatted(title.length(), MOST_TITLE));
    }
    return title.isEmpty() ? draft.task().title() : title;
  }

  /** The newest first; see {@link SpecStore#list}. */
  public List<Spec> list(int limit, Optional<UUID> before, Optional<String> owner) {
    return store.list(limit, before, owner);
  }

  /** What lists show, the newest first; see {@link SpecStore#overviews}. */
  public List<SpecOverview> overviews(int limit, Optional<UUID> before, Optional<String> owner) {
    return store.overviews(limit, before, owner);
  }

  /** By id, by beginning or end of an id, or {@code latest}. */
  public Spec find(String id) {
    return store.find(id);
  }

  public Spec get(UUID id) {
    return store.get(id);
  }

  /**
   * Validates a spec and keeps what was found. A draft without errors becomes validated, a
   * validated or approved one with errors a draft again.
   *
   * @param repository what was found out about its repository, empty when none is named
   */
  public Spec validate(UUID id, List<Validation.Finding> repository) {
    return written(
        store.change(
            id,
            spec -> {
              List<Validation.Finding> findings = new ValidateSpec(spec).findings(repository);
              boolean valid =
                  findings.stream().noneMatch(f -> f.severity() == Validation.Severity.ERROR);
              SpecStatus status =
                  switch (spec.status()) {
                    case REJECTED -> SpecStatus.REJECTED;
                    case APPROVED -> valid ? SpecStatus.APPROVED : SpecStatus.DRAFT;
                    case DRAFT, VALIDATED -> valid ? SpecStatus.VALIDATED : SpecStatus.DRAFT;
                  };
              Artifacts now = spec.artifacts();
              return spec.with(
                  status,
                  new Artifacts(
                      now.assessment(),
                      now.planning(),
                      new Validation(valid, findings, Instant.now())));
            }));
  }

  /**
   * A person says yes.
   *
   * @throws WinnowException of category USAGE when it is not validated
   */
  public Spec approve(UUID id) {
    return written(
        store.change(
            id,
            spec ->
                switch (spec.status()) {
                  case VALIDATED, APPROVED -> spec.with(SpecStatus.APPROVED, spec.artifacts());
                  case DRAFT, REJECTED ->
                      throw WinnowException.usage(
                          "Spec %s is %s: only a validated one can be approved ('winnow specs validate %s')."
                              .formatted(id, spec.status().label(), id));
                }));
  }

  /** A person says no; nothing can be run from it any more. */
  public Spec reject(UUID id) {
    return written(store.change(id, spec -> spec.with(SpecStatus.REJECTED, spec.artifacts())));
  }

  /** Changes the planning; others who do so at the same time wait. */
  public Spec changePlanning(UUID id, java.util.function.UnaryOperator<Spec> change) {
    return written(store.change(id, change));
  }

  /** Its files by name: {@code spec.md}, {@code plan.md}, {@code spec.json}. */
  public Map<String, String> export(UUID id) {
    return WriteMarkdown.files(store.get(id));
  }

  private Spec written(Spec spec) {
    artifacts.ifPresent(directory -> WriteMarkdown.into(directory, spec));
    return spec;
  }
}
