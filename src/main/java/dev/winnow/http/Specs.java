package dev.winnow.http;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.Budget;
import dev.winnow.interview.ConductInterview;
import dev.winnow.interview.InterviewOptions;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.Validation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Specs and their interviews, as the command line has them.
 *
 * @param check what speaks against working in a spec's repository
 */
public record Specs(SpecService service, ConductInterview interviews, Decide decide, Check check) {

  /** Looks for what speaks against working there. */
  public interface Check {
    /**
     * @param build whether to build it and run its tests, too
     */
    List<Validation.Finding> findings(Spec spec, boolean build, Cancellation cancellation);
  }

  /** Says who asks, from what the client wants and the settings. */
  public interface Decide {
    InterviewOptions options(
        Optional<Mode> mode,
        OptionalInt maxQuestions,
        List<String> agents,
        Optional<String> judge,
        Budget budget);
  }
}
