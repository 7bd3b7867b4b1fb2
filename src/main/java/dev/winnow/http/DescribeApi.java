package dev.winnow.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the OpenAPI 3.1 description of the routes, and of what every route may answer. */
final class DescribeApi {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z]+)}");

  private final DescribeShape shapes = new DescribeShape();

  private DescribeApi() {}

  static ObjectNode of(List<Route> routes) {
    return new DescribeApi().describe(routes);
  }

  private ObjectNode describe(List<Route> routes) {
    ObjectNode api = JSON.objectNode();
    api.put("openapi", "3.1.0");
    ObjectNode info = api.putObject("info");
    info.put("title", "Winnow");
    info.put("version", "1");
    info.put("description", "One task in, the best verified change out. See docs/server.md.");
    ObjectNode paths = api.putObject("paths");
    Map<String, ObjectNode> byPath = new TreeMap<>();
    for (Route route : routes) {
      ObjectNode path = byPath.computeIfAbsent(route.path(), _ -> JSON.objectNode());
      path.set(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    byPath.forEach(paths::set);
    ObjectNode components = api.putObject("components");
    ObjectNode schemas = components.putObject("schemas");
    shapes.all().forEach(schemas::set);
    ObjectNode security = components.putObject("securitySchemes");
    security.putObject("token").put("type", "http").put("scheme", "bearer");
    return api;
  }

  private ObjectNode operation(Route route) {
    ObjectNode operation = JSON.objectNode();
    operation.put("operationId", route.id());
    operation.put("summary", route.summary());
    if (route.access() != Route.Access.ANYBODY) {
      operation.putArray("security").addObject().putArray("token");
      operation.put("x-role", route.access().name().toLowerCase(Locale.ROOT));
    }
    parameters(route, operation);
    if (route.body() != null) {
      ObjectNode body = operation.putObject("requestBody");
      content(body, "application/json").set("schema", shapes.of(route.body()));
    }
    ObjectNode responses = operation.putObject("responses");
    all(route)
        .forEach((status, answer) -> {
          ObjectNode response = responses.putObject(String.valueOf(status));
          response.put("description", answer.description());
          if (answer.body() != null) {
            String type =
                status >= 400 && answer.body() == Problem.Body.class
                    ? "application/problem+json"
                    : "application/json";
            content(response, type).set("schema", shapes.of(answer.body()));
          } else if (answer.type() != null) {
            content(response, answer.type()).putObject("schema").put("type", "string");
          }
        });
    return operation;
  }

  private static ObjectNode content(ObjectNode node, String type) {
    return node.putObject("content").putObject(type);
  }

  private static void parameters(Route route, ObjectNode operation) {
    ArrayNode parameters = JSON.arrayNode();
    Matcher variable = VARIABLE.matcher(route.path());
    while (variable.find()) {
      ObjectNode parameter = parameters.addObject();
      parameter.put("name", variable.group(1)).put("in", "path").put("required", true);
      parameter.putObject("schema").put("type", "string");
    }
    for (Route.Parameter known : route.parameters()) {
      ObjectNode parameter = parameters.addObject();
      parameter.put("name", known.name()).put("in", known.header() ? "header" : "query");
      parameter.put("description", known.description());
      parameter.putObject("schema").put("type", known.type());
    }
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
  }

  /** What the route says of itself, and what is checked before it is asked. */
  static Map<Integer, Route.Answer> all(Route route) {
    Map<Integer, Route.Answer> all = new TreeMap<>();
    problem(all, 421, "The Host is not one of this server's names.");
    problem(all, 429, "Too many requests.");
    problem(all, 400, "A parameter, or the body, does not mean anything.");
    if (route.access() != Route.Access.ANYBODY) {
      problem(all, 401, "Nobody is logged in.");
    }
    if (route.access() == Route.Access.RUNNER
        || route.access() == Route.Access.ADMIN
        || !route.method().equals("GET")) {
      problem(all, 403, "The role does not allow it, or another site asked for it.");
    }
    if (VARIABLE.matcher(route.path()).find()) {
      problem(all, 404, "There is nothing here, or it is not yours.");
    }
    if (route.body() != null) {
      problem(all, 413, "The body is too large.");
      problem(all, 415, "The body is not declared as JSON.");
    }
    if (route.method().equals("GET") && route.answers().stream().anyMatch(a -> a.body() != null)) {
      all.put(304, new Route.Answer(304, "As If-None-Match says.", null, null));
    }
    route.answers().forEach(answer -> all.put(answer.status(), answer));
    return all;
  }

  private static void problem(Map<Integer, Route.Answer> all, int status, String description) {
    all.put(status, new Route.Answer(status, description, Problem.Body.class, null));
  }
}
