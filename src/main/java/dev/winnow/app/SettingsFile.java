package dev.winnow.app;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;

/** One {@code winnow.yaml}, with the line of each key. */
final class SettingsFile {

  private static final long MOST_BYTES = 1 << 20;

  /** Made when there is a file: it takes as long as the rest of a short command. */
  private static final class Yaml {
    static final YAMLMapper MAPPER = mapper();
  }

  private final Path path;
  private final JsonNode root;
  private final Map<String, Integer> lines;

  private SettingsFile(Path path, JsonNode root, Map<String, Integer> lines) {
    this.path = path;
    this.root = root;
    this.lines = lines;
  }

  private static YAMLMapper mapper() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit((int) MOST_BYTES);
    options.setMaxAliasesForCollections(20);
    options.setNestingDepthLimit(20);
    options.setAllowDuplicateKeys(false);
    return YAMLMapper.builder(YAMLFactory.builder().loaderOptions(options).build())
        .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /**
   * The file, or empty when there is none.
   *
   * @param untrusted written by whoever controls the repository: links are not followed
   * @throws WinnowException of category SETTINGS when it is not readable or not YAML
   */
  static Optional<SettingsFile> read(Path path, boolean untrusted) {
    LinkOption[] links =
        untrusted ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
    if (!Files.exists(path, links)) {
      return Optional.empty();
    }
    try {
      if (!Files.isRegularFile(path, links) || Files.size(path) > MOST_BYTES) {
        throw refused(path, "not a regular file of at most 1 MiB");
      }
      String text = Files.readString(path, StandardCharsets.UTF_8);
      JsonNode root = Yaml.MAPPER.readTree(text);
      if (root == null || root.isMissingNode() || root.isNull()) {
        return Optional.empty();
      }
      if (!root.isObject()) {
        throw refused(path, "expected keys and values, such as 'sandbox: auto'");
      }
      return Optional.of(new SettingsFile(path, root, lines(text)));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
      String reason = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw refused(path, "line %d: not valid YAML: %s".formatted(line, reason));
    } catch (java.nio.charset.CharacterCodingException e) {
      throw refused(path, "not UTF-8 text");
    } catch (IOException e) {
      throw refused(path, "cannot be read: " + e.getMessage());
    }
  }

  private static WinnowException refused(Path path, String why) {
    return new WinnowException(WinnowException.Category.SETTINGS, path + ": " + why);
  }

  private static Map<String, Integer> lines(String text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (YAMLParser parser = Yaml.MAPPER.getFactory().createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          lines.putIfAbsent(pointer(parser), parser.currentTokenLocation().getLineNr());
        }
      }
    }
    return lines;
  }

  private static String pointer(JsonParser parser) {
    return parser.getParsingContext().pathAsPointer().toString();
  }

  Path path() {
    return path;
  }

  JsonNode root() {
    return root;
  }

  /** {@code winnow.yaml, line 3: agents.x}: where a key is; steps are key names from the root. */
  String where(String... steps) {
    StringBuilder pointer = new StringBuilder();
    for (String step : steps) {
      pointer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
    }
    Integer line = lines.get(pointer.toString());
    return "%s%s: %s"
        .formatted(path, line == null ? "" : ", line " + line, String.join(".", steps));
  }
}
