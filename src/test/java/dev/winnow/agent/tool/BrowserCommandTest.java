package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.agent.tool.BrowserCommand.Refused;
import dev.winnow.workspace.egress.AllowedHost;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BrowserCommandTest {

  private static final List<AllowedHost> HOSTS =
      List.of(AllowedHost.parse("docs.test"), AllowedHost.parse("app.test:8080"));

  private static List<String> parse(String command) throws Refused {
    return BrowserCommand.parse(command, HOSTS, false);
  }

  @Test
  void ordinaryCommandsAreSplitIntoWords() throws Exception {
    assertThat(parse("agent-browser open https://docs.test/a?b=c#d"))
        .containsExactly("open", "https://docs.test/a?b=c#d");
    assertThat(parse("goto http://app.test:8080/"))
        .containsExactly("open", "http://app.test:8080/");
    assertThat(parse("  snapshot   -i -d 3 ")).containsExactly("snapshot", "-i", "-d", "3");
    assertThat(parse("fill @e3 \"two words\"")).containsExactly("fill", "@e3", "two words");
    assertThat(parse("fill '#a b' 'it\\n \"x\"'")).containsExactly("fill", "#a b", "it\\n \"x\"");
    assertThat(parse("fill @e1 \"say \\\"hi\\\"\"")).containsExactly("fill", "@e1", "say \"hi\"");
    assertThat(parse("fill @e1 ''")).containsExactly("fill", "@e1", "");
    assertThat(parse("find role button click --name Submit"))
        .containsExactly("find", "role", "button", "click", "--name", "Submit");
    assertThat(parse("wait --text \"Welcome back\"")).hasSize(3);
    assertThat(BrowserCommand.parse("eval 1+1", HOSTS, true)).containsExactly("eval", "1+1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open https://docs.test --allowed-domains evil.test",
        "--session other open https://docs.test",
        "open --proxy=http://x https://docs.test",
        "snapshot --json --cdp 9222",
        "click @e1 --profile Default",
        "click --executable-path /bin/sh @e1",
        "fill @e1 --headers",
        "snapshot -d --cdp",
        "eval alert(1)",
        "batch \"open https://docs.test\"",
        "connect 9222",
        "install",
        "upgrade",
        "screenshot /etc/x.png",
        "pdf /tmp/x",
        "upload @e1 /etc/passwd",
        "download @e1 /tmp/x",
        "state save /tmp/x",
        "record start /tmp/x",
        "plugin add evil",
        "chat do it",
        "wait --fn alert(1)",
        "wait --download /tmp/x",
        "wait 60001",
        "wait 99999999999",
        "get cdp-url",
        "get styles @e1",
        "open https://docs.test; rm -rf /",
        "open https://docs.test && close",
        "click",
        "click @e1 @e2",
        "back now",
        "fill @e1 \"not closed",
        "",
        "   ",
        "agent-browser",
        "close --all"
      })
  void everythingElseIsRefused(String command) {
    assertThatThrownBy(() -> parse(command)).isInstanceOf(Refused.class).message().hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "open file:///etc/passwd, only http:// and https://",
    "open FILE:///etc/passwd, only http:// and https://",
    "open chrome://settings, only http:// and https://",
    "open javascript:alert(1), only http:// and https://",
    "open data:text/html;x, only http:// and https://",
    "open about:blank, only http:// and https://",
    "open docs.test, form",
    "open https://evil.test/, not among the hosts",
    "open https://docs.test.evil.test/, not among the hosts",
    "open https://docs.test:8443/, not among the hosts",
    "open http://127.0.0.1/, not among the hosts",
    "open https://docs.test@evil.test/, user",
    "open https://u:p@docs.test/, user",
    "open view-source:https://docs.test, only http:// and https://"
  })
  void onlyAllowedHostsAreOpened(String command, String why) {
    assertThatThrownBy(() -> parse(command)).isInstanceOf(Refused.class).hasMessageContaining(why);
  }

  @Test
  void hugeAndBinaryCommandsAreRefused() {
    assertThatThrownBy(() -> parse("fill @e1 " + "x".repeat(9000))).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> parse("fill @e1 a\0b")).isInstanceOf(Refused.class);
  }
}
