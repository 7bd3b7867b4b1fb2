package dev.winnow.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import io.javalin.http.HttpResponseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that turns whatever went wrong into a problem for the client. */
final class ExplainFailure {

  private static final Logger LOG = LoggerFactory.getLogger(ExplainFailure.class);

  private static final Pattern OPTION = Pattern.compile("--([a-z]+(?:-[a-z]+)*)");

  private ExplainFailure() {}

  static Problem of(Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case WinnowException e -> known(e);
      case JsonProcessingException e -> json(e);
      case HttpResponseException e -> javalin(e.getStatus());
      // the client went away in the middle: nobody reads the answer, and nothing is wrong here
      case EofException _ -> Problem.of(400, "refused", "The client is gone.");
      default -> {
        String id = Ids.next().toString();
        LOG.error("internal error {}", id, failure);
        yield Problem.of(
            500, "internal", "infrastructure", "An internal error; the log has it as " + id + ".");
      }
    };
  }

  private static Problem known(WinnowException e) {
    String detail = CleanText.line(String.valueOf(e.getMessage()));
    String category = e.category().name().toLowerCase(Locale.ROOT);
    return switch (e.category()) {
      case USAGE -> Problem.invalid(field(detail), detail);
      case SETTINGS, BUDGET -> Problem.of(422, category, category, detail);
      case AGENT -> Problem.of(502, category, category, detail);
      case SANDBOX, INFRASTRUCTURE -> Problem.of(503, category, category, detail);
    };
  }

  /** Messages name the command line's option; the body's field has the same words. */
  private static @Nullable String field(String detail) {
    Matcher option = OPTION.matcher(detail);
    if (option.find()) {
      String[] words = option.group(1).split("-", -1);
      StringBuilder name = new StringBuilder(words[0]);
      for (int i = 1; i < words.length; i++) {
        name.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT))
            .append(words[i].substring(1));
      }
      return name.toString();
    }
    return null;
  }

  /** Never the parser's own words: they name classes and repeat the input. */
  private static Problem json(JsonProcessingException e) {
    Throwable cause = e.getCause();
    if (cause instanceof WinnowException || cause instanceof Problem) {
      return of(cause);
    }
    return switch (e) {
      case StreamConstraintsException _ ->
          Problem.malformed(null, "The JSON is nested too deeply, or has a text that is too long.");
      case UnrecognizedPropertyException unknown ->
          Problem.malformed(
              path(unknown),
              "There is no field of this name; there are: "
                  + unknown.getKnownPropertyIds().stream()
                      .map(String::valueOf)
                      .sorted()
                      .collect(Collectors.joining(", ")));
      case JsonMappingException wrong ->
          Problem.malformed(path(wrong), "This field has the wrong type.");
      default ->
          Problem.malformed(
              null,
              "The body is not JSON (line %d, column %d)."
                  .formatted(
                      e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                      e.getLocation() == null ? 0 : e.getLocation().getColumnNr()));
    };
  }

  private static @Nullable String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? null : CleanText.line(path);
  }

  static Problem javalin(int status) {
    return switch (status) {
      case 404 -> Problem.notFound();
      case 405 -> Problem.of(405, "method-not-allowed", "This path has other methods.");
      case 413 -> Problem.of(413, "too-large", "The body is too large.");
      default -> Problem.of(status, "refused", "The request cannot be answered.");
    };
  }
}
