package dev.winnow.interview;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.OutputFormat;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.PlanPhase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a model wrote as specification: one JSON object, strictly, and capped. */
record ReadSpecification(@Nullable Specification specification, String problem) {

  /** What a model writes. */
  record Specification(String overview, List<Criterion> criteria, List<PlanPhase> plan) {
    Specification {
      criteria = List.copyOf(criteria);
      plan = List.copyOf(plan);
    }
  }

  private static final int MOST_CHARS = 128 * 1024;
  private static final int MOST_CRITERIA = 40;
  private static final int MOST_PHASES = 20;
  private static final int MOST_TASKS = 40;
  private static final int OVERVIEW_CHARS = 4_000;
  private static final int LINE_CHARS = 1_000;

  private static final Pattern FENCE = Pattern.compile("(?s)\\A```(?:json)?\\n(.*)\\n```\\z");

  /** Ids are given here, so that they are in order and none is twice. */
  private static final Pattern OWN_ID = Pattern.compile("^\\W{0,3}AC-?\\d+\\W{0,3}[:.)\\s-]\\s*");

  /** The strict form, as providers enforce it. */
  static OutputFormat format() {
    Map<String, Object> text = Map.of("type", "string");
    Map<String, Object> texts = Map.of("type", "array", "items", text);
    Map<String, Object> phase = object(Map.of("name", text, "tasks", texts));
    Map<String, Object> root =
        object(
            Map.of(
                "overview", text,
                "criteria", texts,
                "plan", Map.of("type", "array", "items", phase)));
    return new OutputFormat("specification", Json.mapper().convertValue(root, JsonNode.class));
  }

  private static Map<String, Object> object(Map<String, Object> properties) {
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        properties.keySet().stream().sorted().toList(),
        "additionalProperties",
        false);
  }

  static ReadSpecification of(String said) {
    String text = said.strip();
    if (text.length() > MOST_CHARS) {
      return refused("it is too long");
    }
    Matcher fence = FENCE.matcher(text);
    try {
      JsonNode node = Json.mapper().readTree(fence.matches() ? fence.group(1) : text);
      return node == null || !node.isObject() ? refused("it is no JSON object") : read(node);
    } catch (JsonProcessingException e) {
      return refused("it is not one JSON object and nothing else");
    }
  }

  private static ReadSpecification read(JsonNode node) {
    List<Criterion> criteria = new ArrayList<>();
    for (JsonNode item : node.path("criteria")) {
      // some models give objects although they were asked for texts
      String text = line(item.isObject() ? item.path("text") : item);
      if (!text.isEmpty() && criteria.size() < MOST_CRITERIA) {
        String own = OWN_ID.matcher(text).replaceFirst("");
        criteria.add(new Criterion("AC-" + (criteria.size() + 1), own));
      }
    }
    if (criteria.isEmpty()) {
      return refused("\"criteria\" has no acceptance criterion");
    }
    List<PlanPhase> plan = new ArrayList<>();
    for (JsonNode item : node.path("plan")) {
      List<String> tasks = new ArrayList<>();
      for (JsonNode task : item.path("tasks")) {
        String text = line(task);
        if (!text.isEmpty() && tasks.size() < MOST_TASKS) {
          tasks.add(text);
        }
      }
      String name = line(item.path("name"));
      if (!tasks.isEmpty() && plan.size() < MOST_PHASES) {
        plan.add(new PlanPhase(name.isEmpty() ? "Phase " + (plan.size() + 1) : name, tasks));
      }
    }
    if (plan.isEmpty()) {
      return refused("\"plan\" has no phase with a task");
    }
    String overview = clean(node.path("overview").asText(), true);
    return new ReadSpecification(
        new Specification(
            overview.substring(0, Math.min(OVERVIEW_CHARS, overview.length())), criteria, plan),
        "");
  }

  private static String line(JsonNode node) {
    String text = node.isTextual() ? clean(node.asText(), false) : "";
    return text.length() <= LINE_CHARS ? text : text.substring(0, LINE_CHARS);
  }

  private static String clean(String text, boolean breaks) {
    String kept =
        text.replaceAll(breaks ? "[\\p{Cntrl}\\p{Cf}&&[^\\n]]" : "[\\p{Cntrl}\\p{Cf}]", " ");
    return (breaks ? kept : kept.replaceAll("\\s+", " ")).strip();
  }

  private static ReadSpecification refused(String problem) {
    return new ReadSpecification(null, problem);
  }
}
