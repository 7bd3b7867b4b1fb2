package dev.winnow.workspace.egress;

import dev.winnow.WinnowException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that may be reached.
 *
 * @param name in lower case: a name or literal address, {@code *.example.org} for all names below,
 *     or {@code *} for every host
 * @param port -1 for 80 and 443
 */
public record AllowedHost(String name, int port) {

  private static final Pattern FORM =
      Pattern.compile("(\\*|(?:\\*\\.)?[a-z0-9][a-z0-9.-]*|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");

  /**
   * Reads {@code host} or {@code host:port}.
   *
   * @throws WinnowException of category SETTINGS when it is neither
   */
  public static AllowedHost parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    int port =
        matcher.matches() && matcher.group(2) != null ? Integer.parseInt(matcher.group(2)) : -1;
    if (!matcher.matches() || port == 0 || port > 65_535) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          "'%s' is no host: write example.org, *.example.org or example.org:8443"
              .formatted(text.length() > 80 ? text.substring(0, 80) : text));
    }
    return new AllowedHost(matcher.group(1), port);
  }

  /** Whether it is about this host, in lower case, and port. */
  public boolean matches(String host, int wanted) {
    boolean here = port == -1 ? wanted == 443 || wanted == 80 : port == wanted;
    return here
        && (name.equals("*")
            || (name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name)));
  }

  /** As it was written. */
  public String shown() {
    return port == -1 ? name : name + ":" + port;
  }
}
