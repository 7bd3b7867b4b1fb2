package dev.winnow.workspace;

import java.util.Optional;

/**
 * Why a git remote could not be used and what to do about it, in one line. git, ssh and the server
 * say so in many lines, of which the last one, which git calls fatal, is the emptiest.
 */
final class ExplainRemote {

  private static final int LONGEST = 300;

  private enum Cause {
    HOST_KEY(
        "Host key verification failed",
        "its host key is not known, or another one than before: compare its fingerprint, then connect once with ssh as the user that Winnow runs as"),
    KEY(
        "Permission denied \\([a-z,-]+\\)",
        "it refuses the log-in: ssh has no key that it takes (look with ssh -v)"),
    LOG_IN(
        "could not read (Username|Password)|Authentication failed|returned error: 401",
        "it refuses the log-in: write https://user:token@... with a token that may read and write there"),
    FORBIDDEN(
        "returned error: 403",
        "it refuses with 403: the token may not write there, or the repository is read-only"),
    NOT_THERE(
        "returned error: 404|does not appear to be a git repository|repository '.*' (does not exist|not found)|[Rr]epository not found",
        "there is no git repository at this address, or the log-in may not see it"),
    CERTIFICATE(
        "SSL certificate problem|certificate verification failed|unable to get local issuer",
        "its certificate is not trusted: name the file of the authority in GIT_SSL_CAINFO"),
    FULL(
        "No space left|quota exceeded|File too large|unable to write|write error|signal 25",
        "it cannot store any more, its disk or a quota is full"),
    READ_ONLY(
        "hook declined|insufficient permission|Read-only file system|prohibited by Gitea|protected branch"
            + "|[Pp]ermission denied|service not enabled|unable to create temporary|deny",
        "it is read-only for this log-in"),
    AWAY(
        "Could not resolve host|Couldn't connect|Failed to connect|Connection (refused|reset|timed out|closed)"
            + "|No route to host|Network is unreachable|Operation too slow|Empty reply|timed out",
        "it does not answer"),
    NO_SSH("cannot run ssh", "there is no program ssh on this machine");

    private final String pattern;
    private final String meaning;

    Cause(String pattern, String meaning) {
      this.pattern = "(?s).*(" + pattern + ").*";
      this.meaning = meaning;
    }
  }

  private ExplainRemote() {}

  static String of(Git.Result result) {
    for (Cause cause : Cause.values()) {
      Optional<String> line =
          result.errors().lines().filter(said -> said.matches(cause.pattern)).findFirst();
      if (line.isPresent()) {
        return cause.meaning + " (" + plain(line.get()) + ")";
      }
    }
    Optional<String> server =
        result.errors().lines().filter(line -> line.startsWith("remote: ")).findFirst();
    return result.reason() + server.map(line -> " (" + plain(line) + ")").orElse("");
  }

  private static String plain(String line) {
    String plain =
        line.replaceFirst("^((remote|fatal|error): *)+", "").replaceAll("\\p{Cntrl}", "?").strip();
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
  }
}
