package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Over https with a real server, over ssh with a program in its place, and what can go wrong. */
@Timeout(60)
class SharedRemoteTest {

  private static final String SECRET = "s3cr3t-of-the-team";

  @TempDir private Path directory;
  private Path served = Path.of("/nowhere");
  private TestRepository repository = new TestRepository(served);

  @BeforeEach
  void prepare() {
    served = directory.resolve("served/snapshots.git");
    repository = TestRepository.of(directory.resolve("repository"), Map.of("a.txt", "one\n"));
    repository.git("init", "-q", "--bare", served.toString());
    new TestRepository(served).git("config", "http.receivepack", "true");
  }

  private Path data() {
    return directory.resolve("data");
  }

  private void travelsThrough(SharedRemote remote) {
    Mirror mirror = Mirror.open(data(), repository.root());
    String base = mirror.pin("HEAD");
    String ref = SharedRemote.ref(mirror, "run/c1-1");
    remote.check(data());
    remote.tryToWrite(data());
    remote.push(mirror, ref, remote.parcel(mirror, base, Optional.empty()));
    Mirror elsewhere =
        Mirror.forRun(
            directory.resolve("other"), Path.of("/not/here"), mirror.identity(), "sha1", base);
    remote.fetch(elsewhere, List.of(ref));
    assertThat(elsewhere.read(mirror.treeOf(base), "a.txt", 100))
        .hasValue("one\n".getBytes(StandardCharsets.UTF_8));
    assertThat(remote.delete(data(), List.of("run"), Set.of(), Set.of())).isOne();
    assertThat(new TestRepository(served).git("for-each-ref")).isEmpty();
  }

  private static void refused(ThrowingCallable call, String meaning) {
    assertThatThrownBy(call)
        .isInstanceOf(WinnowException.class)
        .message()
        .startsWith("The git remote for snapshots (")
        .contains(meaning)
        .doesNotContain("\n", SECRET);
  }

  private SharedRemote parse(String address, Map<String, String> environment) {
    return SharedRemote.parse(address, environment);
  }

  @Test
  void anHttpsServerCarriesFilesAndNobodySeesTheToken() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (GitHttpServer server =
        GitHttpServer.start(
            directory, Objects.requireNonNull(served.getParent()), "team:" + SECRET)) {
      server.watch(exchange ->
          ProcessHandle.allProcesses()
              .flatMap(process -> process.info().commandLine().stream())
              .filter(line -> line.contains(SECRET))
              .forEach(seen::add));
      Map<String, String> trusting = Map.of("GIT_SSL_CAINFO", server.certificate().toString());
      String address = server.address("snapshots.git", "team:" + SECRET);
      SharedRemote remote = parse(address, trusting);
      travelsThrough(remote);
      assertThat(remote.shown()).doesNotContain("team");
      assertThat(seen).as("in a list of processes").isEmpty();

      refused(() -> parse(address, Map.of()).check(data()), "its certificate is not trusted");
      refused(
          () ->
              parse(server.address("snapshots.git", "team:wrong-password"), trusting).check(data()),
          "it refuses the log-in");
      refused(
          () -> parse(server.address("other.git", "team:" + SECRET), trusting).check(data()),
          "there is no git repository");
      new TestRepository(served).git("config", "http.receivepack", "false");
      refused(() -> remote.check(data()), "it refuses with 403");
    }
  }

  /** In the place of ssh: runs what it is told to on this machine, after what comes first. */
  private Map<String, String> ssh(String first) throws IOException {
    Path program = directory.resolve("ssh-" + first.hashCode());
    Files.writeString(
        program,
        "#!/bin/sh\nfor last; do :; done\n" + first + "\neval \"exec $last\"\n",
        StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of("GIT_SSH_COMMAND", program.toString());
  }

  @Test
  void anSshAddressCarriesFiles() throws IOException {
    travelsThrough(parse("ssh://git@host" + served, ssh(":")));
    travelsThrough(parse("git@host:" + served, ssh(":")));
  }

  static Stream<Arguments> troubles() {
    return Stream.of(
        Arguments.of("echo 'Host key verification failed.' >&2; exit 255", "its host key is not"),
        Arguments.of("echo 'g@h: Permission denied (publickey).' >&2; exit 255", "ssh has no key"),
        Arguments.of("echo 'ssh: port 22: Connection refused' >&2; exit 255", "does not answer"),
        Arguments.of(
            "printf 'a hostile\\033[2J server' >&2; exit 255", "be used: a hostile?[2J server"),
        Arguments.of("ulimit -f 0", "its disk or a quota is full"));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void whatGoesWrongIsOneLine(String first, String meaning) throws IOException {
    SharedRemote remote = parse("ssh://git@host" + served, ssh(first));
    refused(() -> remote.tryToWrite(data()), meaning);
  }

  @Test
  void aRemoteThatRefusesToBeWrittenIsReadOnly() throws IOException {
    Path hook = Files.createDirectories(served.resolve("hooks")).resolve("pre-receive");
    Files.writeString(hook, "#!/bin/sh\necho 'nobody writes here'\nexit 1\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    SharedRemote remote = parse(served.toString(), Map.of());
    remote.check(data());
    refused(() -> remote.tryToWrite(data()), "it is read-only for this log-in");
  }

  @Test
  void anAddressWhereNobodyListensDoesNotAnswer() {
    refused(
        () -> parse("https://team:" + SECRET + "@127.0.0.1:1/x.git", Map.of()).check(data()),
        "it does not answer");
  }
}
