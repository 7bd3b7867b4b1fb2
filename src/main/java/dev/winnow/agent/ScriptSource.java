package dev.winnow.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a JSON or YAML file (by its ending .yaml or .yml) into values that know their place, so
 * that every complaint can name file, line and column. Bounded against hostile files.
 */
final class ScriptSource {

  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_DEPTH = 40;

  /** A value of the file. */
  sealed interface Value {
    Place place();
  }

  record Fields(Map<String, Value> values, Place place) implements Value {}

  record Items(List<Value> values, Place place) implements Value {}

  record Scalar(JsonNode value, Place place) implements Value {}

  /** Where a value starts. */
  record Place(Path file, int line, int column) {
    WinnowException refuse(String reason) {
      return WinnowException.usage("%s:%d:%d: %s".formatted(file, line, column, reason));
    }
  }

  private final Path file;
  private final JsonParser parser;

  private ScriptSource(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @throws WinnowException of category USAGE for a file that is missing, no file, or malformed
   */
  static Value read(Path file) {
    if (Files.isDirectory(file)) {
      throw WinnowException.usage("The script %s is a directory, not a file.".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw WinnowException.usage("The script %s does not exist.".formatted(file));
    }
    // a bounded read, not the size that the file claims: the file may grow meanwhile
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw WinnowException.usage(
            "The script %s is larger than %d MiB.".formatted(file, MAX_BYTES >> 20));
      }
      return parse(file, bytes);
    } catch (IOException e) {
      throw WinnowException.usage("The script %s cannot be read: %s".formatted(file, e));
    }
  }

  private static Value parse(Path file, byte[] bytes) throws IOException {
    try (JsonParser parser = factory(file).createParser(bytes)) {
      ScriptSource source = new ScriptSource(file, parser);
      if (parser.nextToken() == null) {
        throw WinnowException.usage(file + ":1:1: the script is empty");
      }
      Value value = source.value();
      if (parser.nextToken() != null) {
        throw source.here().refuse("there is more after the end of the script");
      }
      return value;
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
        // its message has several lines, of which the first says only what was being read
        Mark at = yaml.getProblemMark();
        throw new Place(file, at.getLine() + 1, at.getColumn() + 1)
            .refuse(
                CapText.oneLine(
                    yaml.getProblem() + " " + Objects.toString(yaml.getContext(), ""), 300));
      }
      throw place(file, e.getLocation())
          .refuse(CapText.oneLine(withoutMarkers(e.getOriginalMessage()), 300));
    } catch (YAMLException e) {
      throw WinnowException.usage(
          file + ": " + CapText.oneLine(String.valueOf(e.getMessage()), 300));
    }
  }

  /**
   * The parser says where the open bracket is in a form that no person wants to read. What stands
   * in the file is not repeated: the server's users name files that they may not be able to read.
   */
  private static String withoutMarkers(String message) {
    return message
        .replaceAll("\\s*\\(start marker at [^\\]]*\\]\\)", "")
        .replaceAll("(?i)(token) \\(?'[^']*'?", "$1");
  }

  private static JsonFactory factory(Path file) {
    StreamReadConstraints limits =
        StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build();
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".yaml") && !name.endsWith(".yml")) {
      return JsonFactory.builder()
          .streamReadConstraints(limits)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();
    }
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(0);
    return YAMLFactory.builder()
        .loaderOptions(options)
        .streamReadConstraints(limits)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  private Value value() throws IOException {
    Place place = here();
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      // the parser would hand out the alias's name as if it were text
      throw place.refuse("aliases are not supported: write the value out");
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Value> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, value());
        }
        yield new Fields(fields, place);
      }
      case START_ARRAY -> {
        List<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value());
        }
        yield new Items(items, place);
      }
      case VALUE_STRING -> scalar(JsonNodeFactory.instance.textNode(parser.getText()), place);
      case VALUE_TRUE, VALUE_FALSE ->
          scalar(JsonNodeFactory.instance.booleanNode(token == JsonToken.VALUE_TRUE), place);
      case VALUE_NULL -> scalar(JsonNodeFactory.instance.nullNode(), place);
      // the same node types as JSON gives, since replies are compared after the journal
      case VALUE_NUMBER_INT ->
          scalar(
              switch (parser.getNumberType()) {
                case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
                case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
                case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                    JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
              },
              place);
      case VALUE_NUMBER_FLOAT -> {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
          throw place.refuse("the number is out of range");
        }
        yield scalar(JsonNodeFactory.instance.numberNode(number), place);
      }
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw place.refuse("unexpected " + token);
    };
  }

  private static Scalar scalar(JsonNode value, Place place) {
    return new Scalar(value, place);
  }

  private Place here() {
    return place(file, parser.currentTokenLocation());
  }

  private static Place place(Path file, JsonLocation at) {
    return at == null
        ? new Place(file, 1, 1)
        : new Place(file, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  /** The value as plain JSON, its places forgotten. */
  static JsonNode json(Value value) {
    return switch (value) {
      case Scalar scalar -> scalar.value();
      case Items items -> {
        var array = JsonNodeFactory.instance.arrayNode();
        items.values().forEach(item -> array.add(json(item)));
        yield array;
      }
      case Fields fields -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        fields.values().forEach((name, field) -> object.set(name, json(field)));
        yield object;
      }
    };
  }
}
