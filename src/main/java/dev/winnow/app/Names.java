package dev.winnow.app;

import dev.winnow.agent.AgentNames;

/** Short names for people. */
final class Names {

  private Names() {}

  static String agent(String name) {
    return SafeText.line(AgentNames.forPeople(name), 24);
  }

  static String commit(String id) {
    return id.length() > 10 ? id.substring(0, 10) : id;
  }

  static String count(long number, String noun) {
    return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }
}
