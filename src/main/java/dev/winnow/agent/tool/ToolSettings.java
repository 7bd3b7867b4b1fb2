package dev.winnow.agent.tool;

import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.egress.AllowedHost;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which tools the operator switched on, and their limits.
 *
 * @param files setting {@code AGENT_FS_ENABLED}: the {@code fs_*} tools
 * @param fetch settings {@code HTTP_FETCH_*}; empty when switched off
 * @param browser settings {@code AGENT_BROWSER_*}; empty when switched off
 * @param reach which hosts http_fetch and the browser may connect to
 */
public record ToolSettings(
    boolean files, Optional<Fetch> fetch, Optional<Browser> browser, AddressRule reach) {

  /** Only the tools that stay inside the workspace. */
  public static ToolSettings inside() {
    return new ToolSettings(true, Optional.empty(), Optional.empty(), AddressRule.PUBLIC_ONLY);
  }

  /** Names of the tools that are switched on and reach out of the workspace. */
  public List<String> outside() {
    return Stream.concat(
            fetch.stream().map(_ -> HttpFetch.NAME), browser.stream().map(_ -> AgentBrowser.NAME))
        .toList();
  }

  /** The same, and none of the tools reaches these ports of this machine. */
  public ToolSettings withoutOwn(Collection<Integer> ports) {
    return new ToolSettings(files, fetch, browser, reach.withoutOwn(ports));
  }

  /** The same with no other tools than these, beside those that stay inside. */
  public ToolSettings offering(boolean withFiles, Collection<String> names) {
    return new ToolSettings(
        withFiles,
        fetch.filter(_ -> names.contains(HttpFetch.NAME)),
        browser.filter(_ -> names.contains(AgentBrowser.NAME)),
        reach);
  }

  /**
   * Limits of {@code http_fetch}.
   *
   * @param timeout of one call, with redirects and body
   * @param maxChars of text that one call returns
   */
  public record Fetch(Duration timeout, int maxChars) {
    public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(15);
    public static final int USUAL_CHARS = 20_000;
    public static final Fetch USUAL = new Fetch(USUAL_TIMEOUT, USUAL_CHARS);
  }

  /**
   * Limits of {@code agent_browser}.
   *
   * @param timeout of one command
   * @param hosts the only ones that pages may be loaded from
   * @param eval whether a model may run JavaScript of its own in pages
   */
  public record Browser(
      FindBrowser programs, Duration timeout, List<AllowedHost> hosts, boolean eval) {
    public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

    public Browser {
      hosts = List.copyOf(hosts);
    }
  }
}
