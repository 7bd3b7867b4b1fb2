package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import org.junit.jupiter.api.Test;

class CheckArgumentsTest {

  private static final ToolSpec SPEC =
      new Parameters()
          .required("path", "string", "p")
          .required("content", "string", "c")
          .optional("from_line", "integer", "f")
          .of("tool", "d");

  private static String problem(String arguments) {
    return CheckArguments.problem(SPEC, Json.read(arguments, JsonNode.class)).orElse("");
  }

  @Test
  void argumentsThatFitAreNoProblem() {
    assertThat(problem("{\"path\": \"a\", \"content\": \"\"}")).isEmpty();
    assertThat(problem("{\"path\": \"a\", \"content\": \"\", \"from_line\": 3}")).isEmpty();
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThat(problem("{\"path\": 1, \"x\": 1}"))
        .isEqualTo(
            "tool: 'content' is missing, 'path' must be a string, 'x' is not known. Expected:"
                + " {\"path\" (string), \"content\" (string), \"from_line\" (integer, optional)}");
  }

  @Test
  void schemasAreStrictObjects() {
    assertThat(Json.write(SPEC.parameters()))
        .startsWith("{\"type\":\"object\"")
        .contains("\"required\":[\"path\",\"content\"]", "\"additionalProperties\":false");
  }
}
