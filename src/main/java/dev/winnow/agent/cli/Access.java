package dev.winnow.agent.cli;

import java.util.Map;

/** How a program inside the sandbox reaches its provider. */
sealed interface Access {

  /** The port of loopback behind which Winnow's proxy stands. */
  int port();

  /**
   * With a key that Winnow's proxy adds; inside there is only a stand-in.
   *
   * @param standIn of no use to anybody but this session's proxy
   */
  record Key(int port, String standIn) implements Access {}

  /**
   * With a log-in of the program's own, through a proxy that lets only the provider's hosts pass.
   *
   * @param files of the log-in, by path relative to the home, without what could renew it
   * @param environment variables of the log-in
   */
  record LogIn(int port, Map<String, String> files, Map<String, String> environment)
      implements Access {
    public LogIn {
      files = Map.copyOf(files);
      environment = Map.copyOf(environment);
    }

    @Override
    public String toString() {
      return "LogIn[" + files.keySet() + "]";
    }

    /** Variables that send a program's requests through the proxy. */
    Map<String, String> proxy() {
      String address = "http://127.0.0.1:" + port;
      return Map.of("HTTPS_PROXY", address, "https_proxy", address, "NO_PROXY", "");
    }
  }
}
