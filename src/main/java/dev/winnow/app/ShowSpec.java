package dev.winnow.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Spec;

/** Prints a spec, for people or machines. */
final class ShowSpec {

  private ShowSpec() {}

  static void print(Context context, Spec spec, boolean json) {
    if (json) {
      ObjectNode line = Json.mapper().createObjectNode().put("type", "spec");
      line.setAll((ObjectNode) Json.mapper().valueToTree(spec));
      context.console().out().println(Json.write(line));
    } else {
      RenderSpec.lines(spec, context.console().outStyle(), context.columns())
          .forEach(context.console().out()::println);
    }
  }

  /** What to do next; not a part of the result. */
  static void hint(Context context, String text) {
    context.console().err().println("winnow: " + text);
  }
}
