package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.Validation;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command about one spec. */
abstract class OneSpec implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "SPEC", description = "Its id, an end of it, or latest.")
  private String id = "";

  OneSpec(Context context) {
    this.context = context;
  }

  abstract Spec work(Services services, SpecService specs, Spec spec);

  boolean prints() {
    return true;
  }

  Context context() {
    return context;
  }

  @Override
  public Integer call() {
    try (Services services = common.open(context)) {
      SpecService specs = services.planner().specs();
      Spec spec = work(services, specs, specs.find(id));
      if (prints()) {
        ShowSpec.print(context, spec, common.json);
      }
      return code(spec);
    }
  }

  int code(Spec spec) {
    return 0;
  }

  /** {@code winnow specs show}. */
  @Command(description = "Shows a spec: questions, answers, criteria, plan, validation.")
  static final class Show extends OneSpec {
    Show(Context context) {
      super(context);
    }

    @Override
    Spec work(Services services, SpecService specs, Spec spec) {
      return spec;
    }
  }

  /** {@code winnow specs validate}. */
  @Command(description = "Validates a spec; the exit code is 1 when it is not valid.")
  static final class Validate extends OneSpec {

    @Option(
        names = "--build",
        description = "Also build the repository and run its tests, in the sandbox.")
    private boolean build;

    Validate(Context context) {
      super(context);
    }

    @Override
    Spec work(Services services, SpecService specs, Spec spec) {
      return specs.validate(
          spec.id(), services.checkRepository(spec, build, context().interrupts().listen()));
    }

    @Override
    int code(Spec spec) {
      Validation validation = spec.artifacts().validation();
      return validation != null && validation.valid() ? 0 : 1;
    }
  }

  /** {@code winnow specs export}. */
  @Command(description = "Prints a spec as Markdown, or all of its files as JSON.")
  static final class Export extends OneSpec {
    Export(Context context) {
      super(context);
    }

    @Override
    boolean prints() {
      return false;
    }

    @Override
    Spec work(Services services, SpecService specs, Spec spec) {
      Map<String, String> files = specs.export(spec.id());
      boolean json = super.common.json;
      context()
          .console()
          .out()
          .println(
              json
                  ? Json.write(files)
                  : SafeText.block(files.get("spec.md") + "\n" + files.get("plan.md")));
      return spec;
    }
  }

  /** {@code winnow specs approve}. */
  @Command(description = "Says yes to a validated spec.")
  static final class Approve extends OneSpec {
    Approve(Context context) {
      super(context);
    }

    @Override
    Spec work(Services services, SpecService specs, Spec spec) {
      return specs.approve(spec.id());
    }
  }

  /** {@code winnow specs reject}. */
  @Command(description = "Says no to a spec: nothing can be run from it.")
  static final class Reject extends OneSpec {
    Reject(Context context) {
      super(context);
    }

    @Override
    Spec work(Services services, SpecService specs, Spec spec) {
      return specs.reject(spec.id());
    }
  }
}
