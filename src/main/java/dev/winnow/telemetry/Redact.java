package dev.winnow.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.winnow.Json;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one sink that takes secrets out of text, before it reaches the database, an event, a span, a
 * log line, a client or a model. It knows the secrets that this process was given, in all the forms
 * of {@link SecretForms}, and the looks of providers' keys.
 *
 * <p>The known secrets belong to the process, not to an object: a log line has no constructor.
 */
public final class Redact {

  /** What stands where a secret was. */
  public static final String INSTEAD = "[secret]";

  private static final Pattern ORDINARY =
      Pattern.compile("[a-z]{0,15}|[A-Z]{0,15}|[A-Z][a-z]{0,14}|[0-9]{0,15}");

  private static volatile KnownSecrets known = KnownSecrets.NONE;

  private Redact() {}

  /**
   * From now on these are taken out. What is shorter than 8 characters, or looks like a word or a
   * number ("postgres", "changeme", "20261123"), stays: it would black out half of the database.
   */
  public static void know(Collection<String> secrets) {
    add(secrets.stream().map(String::strip).filter(secret -> !isOrdinary(secret)).toList());
  }

  static boolean isOrdinary(String text) {
    return ORDINARY.matcher(text).matches();
  }

  private static synchronized void add(Collection<String> secrets) {
    known = known.with(secrets);
  }

  public static void know(@Nullable String secret) {
    if (secret != null) {
      know(List.of(secret));
    }
  }

  /** The same JSON without secrets in its strings and names. */
  public static String json(String json) {
    if (known.next(json, 0) == null && !KeyPatterns.mayHold(json) && !Unwrapped.isIn(json)) {
      return json;
    }
    try {
      // string by string: escapes hide where a word begins
      JsonNode tree = Json.mapper().readTree(json);
      JsonNode clean = clean(tree);
      return clean.equals(tree) ? json : Json.write(clean);
    } catch (JsonProcessingException e) {
      return Json.write(text(json)); // none after all: a string is safe
    }
  }

  private static JsonNode clean(JsonNode node) {
    return switch (node) {
      case TextNode text -> new TextNode(text(text.textValue()));
      case ArrayNode array -> {
        ArrayNode clean = Json.mapper().createArrayNode();
        array.forEach(item -> clean.add(clean(item)));
        yield clean;
      }
      case ObjectNode object -> {
        ObjectNode clean = Json.mapper().createObjectNode();
        object.properties().forEach(e -> clean.set(text(e.getKey()), clean(e.getValue())));
        yield clean;
      }
      // as JSON has them, a long number may be a secret as well
      case NumericNode number when known.next(number.asText(), 0) != null -> new TextNode(INSTEAD);
      default -> node;
    };
  }

  /** The text with {@link #INSTEAD} where secrets were. */
  public static String text(String text) {
    return text(text, 0);
  }

  /**
   * @param before characters of a word that stood right before the text
   */
  static String text(String text, int before) {
    return KeyPatterns.clean(withoutKnown(text, before), INSTEAD);
  }

  /** The same for the first part of a text that was cut: a secret may end behind the cut. */
  public static String beforeCut(String text) {
    int end = known.beginOfPart(text, KnownSecrets.SHORTEST);
    return end == text.length() ? text(text) : text(text.substring(0, end)) + INSTEAD;
  }

  /** The same for the last part of a text that was cut: a secret may begin before the cut. */
  public static String afterCut(String text) {
    int start = Math.max(known.endOfPart(text, KnownSecrets.SHORTEST), KeyPatterns.endOfPart(text));
    return start == 0 ? text(text) : INSTEAD + text(text.substring(start));
  }

  static KnownSecrets known() {
    return known;
  }

  private static String withoutKnown(String text, int before) {
    KnownSecrets secrets = known;
    return secrets.longest() == 0
        ? text
        : withoutWrapped(withoutKnown(text, secrets), before, secrets);
  }

  private static String withoutWrapped(String text, int before, KnownSecrets secrets) {
    Unwrapped unwrapped = Unwrapped.of(text, before);
    if (unwrapped == null) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    int copied = 0;
    KnownSecrets.Found found = secrets.next(unwrapped.text(), 0);
    while (found != null) {
      clean.append(text, copied, unwrapped.place(found.start())).append(INSTEAD);
      copied = unwrapped.place(found.end() - 1) + 1;
      found = secrets.next(unwrapped.text(), found.end());
    }
    return clean.append(text, copied, text.length()).toString();
  }

  private static String withoutKnown(String text, KnownSecrets secrets) {
    KnownSecrets.Found found = secrets.next(text, 0);
    if (found == null) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    int copied = 0;
    while (found != null) {
      clean.append(text, copied, found.start()).append(INSTEAD);
      copied = found.end();
      found = secrets.next(text, copied);
    }
    return clean.append(text, copied, text.length()).toString();
  }
}
