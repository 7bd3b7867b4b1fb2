package dev.winnow.run;

import dev.winnow.spec.Criterion;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where the task of a run comes from, when somebody planned it.
 *
 * @param spec the spec that it implements
 * @param criteria what must be observable afterwards; independent tests and the judge get them
 * @param track the task of a Conductor plan that is marked when the change is accepted
 */
public record RunSource(Optional<UUID> spec, List<Criterion> criteria, Optional<TrackTask> track) {

  public RunSource {
    criteria = List.copyOf(criteria);
  }

  /**
   * A task in a plan.
   *
   * @param directory the Conductor directory
   * @param track its id
   */
  public record TrackTask(String directory, String track, String phase, String task) {}
}
