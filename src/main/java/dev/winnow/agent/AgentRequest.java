package dev.winnow.agent;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A candidate's agent as a run keeps it, so that any node can build it: everything but secrets.
 *
 * @param name the candidate's name for its agent, with #1, #2 behind it
 * @param agent its configured name or inline form
 * @param script the content of a scripted agent's file
 */
public record AgentRequest(String name, String agent, AgentConfig config, Optional<String> script) {

  /** Providers whose model it uses; their names are used for limits over all nodes. */
  public List<String> providers() {
    return switch (config) {
      case AgentConfig.Sdk sdk -> List.of(sdk.provider().label());
      case AgentConfig.Cli cli -> List.of(cli.driver().provider().label());
      case AgentConfig.Http _, AgentConfig.Scripted _ -> List.of();
    };
  }

  /**
   * What a node must have to run it: {@code key:VARIABLE}, {@code program:NAME}, and {@code
   * host:NAME} when its server listens on that machine only.
   *
   * @param host this machine
   */
  public List<String> needs(String host) {
    List<String> needs = new ArrayList<>();
    switch (config) {
      case AgentConfig.Sdk sdk -> {
        sdk.key().ifPresent(key -> needs.add("key:" + key));
        sdk.baseUrl().filter(AgentRequest::isLocal).ifPresent(_ -> needs.add("host:" + host));
      }
      case AgentConfig.Cli cli -> {
        needs.add("program:" + cli.driver().label());
        cli.key().ifPresent(key -> needs.add("key:" + key));
        cli.baseUrl().filter(AgentRequest::isLocal).ifPresent(_ -> needs.add("host:" + host));
      }
      case AgentConfig.Http http -> {
        http.headers().values().stream()
            .flatMap(value -> Credentials.variables(value).stream())
            .forEach(key -> needs.add("key:" + key));
        if (isLocal(http.endpoint())) {
          needs.add("host:" + host);
        }
      }
      case AgentConfig.Scripted _ -> {
        // its script is here
      }
    }
    return needs;
  }

  private static boolean isLocal(URI address) {
    String host = String.valueOf(address.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
