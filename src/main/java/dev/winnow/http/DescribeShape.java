package dev.winnow.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a JSON Schema of each record that goes in or out, as the JSON mapper would write it. */
final class DescribeShape {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, ObjectNode> known = new TreeMap<>();
  private final Map<Class<?>, String> names = new HashMap<>();

  /** All schemas so far, by name. */
  Map<String, ObjectNode> all() {
    return known;
  }

  ObjectNode of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return ofGeneric(generic);
    }
    return type instanceof Class<?> plain ? ofClass(plain) : JSON.objectNode();
  }

  private ObjectNode ofGeneric(ParameterizedType type) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] parts = type.getActualTypeArguments();
    ObjectNode schema = JSON.objectNode();
    if (Collection.class.isAssignableFrom(raw)) {
      schema.put("type", "array");
      schema.set("items", of(parts[0]));
      return schema;
    }
    if (Map.class.isAssignableFrom(raw)) {
      schema.put("type", "object");
      schema.set("additionalProperties", of(parts[1]));
      return schema;
    }
    return raw == Optional.class ? of(parts[0]) : ofClass(raw);
  }

  private ObjectNode ofClass(Class<?> type) {
    ObjectNode schema = JSON.objectNode();
    if (type == String.class) {
      return schema.put("type", "string");
    }
    if (type == UUID.class) {
      return schema.put("type", "string").put("format", "uuid");
    }
    if (type == Instant.class) {
      return schema.put("type", "string").put("format", "date-time");
    }
    if (type == boolean.class || type == Boolean.class) {
      return schema.put("type", "boolean");
    }
    if (Set.of(int.class, Integer.class, long.class, Long.class, OptionalLong.class)
        .contains(type)) {
      return schema.put("type", "integer");
    }
    if (type == double.class || type == Double.class) {
      return schema.put("type", "number");
    }
    if (type == java.time.Duration.class) {
      return schema.put("type", "string").put("format", "duration");
    }
    if (type.isEnum()) {
      ArrayNode values = schema.put("type", "string").putArray("enum");
      for (Object constant : type.getEnumConstants()) {
        values.add(dev.winnow.Json.mapper().valueToTree(constant).asText());
      }
      return schema;
    }
    if (type.isRecord()) {
      return hasOneValue(type) ? schema : reference(type);
    }
    return schema; // anything
  }

  /** Written as something else than an object. */
  private static boolean hasOneValue(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.isAnnotationPresent(JsonValue.class)) {
        return true;
      }
    }
    return false;
  }

  private ObjectNode reference(Class<?> type) {
    String name = names.computeIfAbsent(type, this::newName);
    if (!known.containsKey(name)) {
      ObjectNode schema = JSON.objectNode();
      known.put(name, schema); // before its components, which may refer to it
      schema.put("type", "object");
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = JSON.arrayNode();
      components(type, properties, required);
      if (!required.isEmpty()) {
        schema.set("required", required);
      }
      schema.put("additionalProperties", false);
    }
    return JSON.objectNode().put("$ref", "#/components/schemas/" + name);
  }

  private String newName(Class<?> type) {
    if (type == Problem.Body.class) {
      return "Problem";
    }
    String own = type.getSimpleName();
    Class<?> outer = type.getEnclosingClass();
    return names.containsValue(own) && outer != null ? outer.getSimpleName() + own : own;
  }

  private void components(Class<?> type, ObjectNode properties, ArrayNode required) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        components(component.getType(), properties, required);
        continue;
      }
      String name = name(component);
      properties.set(name, of(component.getGenericType()));
      if (!isOptional(component)) {
        required.add(name);
      }
    }
  }

  private static String name(RecordComponent component) {
    JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    return renamed == null || renamed.value().isEmpty() ? component.getName() : renamed.value();
  }

  private static boolean isOptional(RecordComponent component) {
    AnnotatedType type = component.getAnnotatedType();
    return type.isAnnotationPresent(Nullable.class)
        || component.getType() == Optional.class
        || component.getType() == OptionalLong.class;
  }
}
