package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/events.md is the contract of every client. */
class EventsDocumentTest {

  private static Stream<JsonSubTypes.Type> types() {
    return Arrays.stream(
        Objects.requireNonNull(RunEvent.class.getAnnotation(JsonSubTypes.class)).value());
  }

  private static String section(String type) throws IOException {
    String document = Files.readString(Path.of("docs/events.md"));
    int start = document.indexOf("\n## " + type + "\n");
    assertThat(start).as("section " + type).isPositive();
    return document.substring(start, document.indexOf("\n## ", start + 1));
  }

  @Test
  void everyEventHasAName() {
    assertThat(types().map(JsonSubTypes.Type::value))
        .containsExactlyInAnyOrder(RunEvent.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyComponentIsExplained(JsonSubTypes.Type type) throws IOException {
    assertThat(section(type.name()).lines().filter(l -> l.startsWith("| `")))
        .extracting(l -> l.substring(3, l.indexOf('`', 3)))
        .containsExactlyElementsOf(
            Arrays.stream(type.value().getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyExampleIsAnEventOfThisVersion(JsonSubTypes.Type type) throws IOException {
    for (String line : section(type.name()).lines().filter(l -> l.startsWith("{")).toList()) {
      RunEvent event = Json.read(line, RunEvent.class);
      assertThat(event).isInstanceOf(type.value());
      assertThat(Json.read(Json.write(event), JsonNode.class))
          .isEqualTo(Json.read(line, JsonNode.class));
    }
  }
}
