package dev.winnow.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that clients can ask for. The table of these is all there is: the server's paths and
 * its OpenAPI description are both made from it.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path with {@code {name}} for each part that varies
 * @param id the operation's name
 * @param access who may
 * @param body what the body holds; null when there is none
 * @param bodyBytes its largest size in units of the server's limit
 */
record Route(
    String method,
    String path,
    String id,
    String summary,
    Access access,
    List<Parameter> parameters,
    @Nullable Class<?> body,
    int bodyBytes,
    List<Answer> answers,
    Handle handle) {

  /** Who may use a route. */
  enum Access {
    ANYBODY,
    VIEWER,
    RUNNER,
    ADMIN;

    boolean allows(Role role) {
      return this == ANYBODY || role.atLeast(Role.valueOf(name()));
    }
  }

  /** Answers a request. */
  interface Handle {
    Reply reply(Request request) throws Exception;
  }

  /**
   * A parameter of the query or a header.
   *
   * @param type string, integer or boolean
   */
  record Parameter(String name, boolean header, String type, String description) {}

  /**
   * A documented answer.
   *
   * @param body its JSON, or null
   * @param type of what is no JSON, or null
   */
  record Answer(int status, String description, @Nullable Class<?> body, @Nullable String type) {}

  static Route get(String path, String id, String summary, Handle handle) {
    return new Route(
        "GET", path, id, summary, Access.VIEWER, List.of(), null, 1, List.of(), handle);
  }

  static Route post(String path, String id, String summary, Class<?> body, Handle handle) {
    return new Route(
        "POST", path, id, summary, Access.RUNNER, List.of(), body, 1, List.of(), handle);
  }

  static Route put(String path, String id, String summary, Class<?> body, Handle handle) {
    return new Route(
        "PUT", path, id, summary, Access.RUNNER, List.of(), body, 1, List.of(), handle);
  }

  static Route delete(String path, String id, String summary, Handle handle) {
    return new Route(
        "DELETE", path, id, summary, Access.VIEWER, List.of(), null, 1, List.of(), handle);
  }

  Route forAccess(Access wanted) {
    return new Route(
        method, path, id, summary, wanted, parameters, body, bodyBytes, answers, handle);
  }

  /** Allows a body of several times the usual size. */
  Route upTo(int times) {
    return new Route(method, path, id, summary, access, parameters, body, times, answers, handle);
  }

  Route query(String name, String type, String description) {
    return with(new Parameter(name, false, type, description));
  }

  Route header(String name, String description) {
    return with(new Parameter(name, true, "string", description));
  }

  Route paged() {
    return query("limit", "integer", "At most this many, 1 to 200; 50 when it is left out.")
        .query("cursor", "string", "The 'next' of the page before.");
  }

  private Route with(Parameter parameter) {
    List<Parameter> more = new ArrayList<>(parameters);
    more.add(parameter);
    return new Route(method, path, id, summary, access, more, body, bodyBytes, answers, handle);
  }

  Route answers(int status, String description) {
    return answers(new Answer(status, description, null, null));
  }

  Route answers(int status, String description, Class<?> shape) {
    return answers(new Answer(status, description, shape, null));
  }

  Route answersText(String type, String description) {
    return answers(new Answer(200, description, null, type));
  }

  private Route answers(Answer answer) {
    List<Answer> more = new ArrayList<>(answers);
    more.add(answer);
    return new Route(method, path, id, summary, access, parameters, body, bodyBytes, more, handle);
  }
}
