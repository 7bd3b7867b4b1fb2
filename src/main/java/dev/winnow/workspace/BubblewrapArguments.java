package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes the argument list of bubblewrap: an allow list of what exists inside. Order matters:
 * {@code --clearenv} before {@code --setenv}, outer mounts before inner ones.
 */
final class BubblewrapArguments {

  static final Path HOME = Path.of("/home/winnow");
  static final Path TEMPORARY = Path.of("/tmp");

  private static final List<String> LINKS_TO_USR =
      List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

  private static final List<String> ETC =
      List.of(
          "ld.so.cache",
          "alternatives",
          "localtime",
          "timezone",
          "ssl/certs",
          "ssl/openssl.cnf",
          "pki",
          "ca-certificates",
          "ca-certificates.conf",
          "crypto-policies",
          "maven",
          "gradle",
          "mime.types",
          "protocols",
          "services");

  private final List<String> arguments = new ArrayList<>();

  private BubblewrapArguments() {}

  /**
   * @param source where bubblewrap finds a host path that the caller asked for
   */
  static List<String> of(SandboxCommand command, SandboxFiles files, UnaryOperator<Path> source) {
    BubblewrapArguments builder = new BubblewrapArguments();
    builder.isolate(command.network());
    builder.environment(SandboxEnvironment.of(command, HOME, TEMPORARY));
    builder.system(files, command.network());
    builder.mounts(command, source);
    builder.add("--remount-ro", "/", "--remount-ro", "/dev");
    builder.add("--chdir", command.workspace().resolve(command.directory()).toString());
    // the shell's exit codes for "not found" and "not executable" are the ones that people know
    builder.add("--", "/bin/sh", "-c", "exec \"$@\"", "sh");
    builder.arguments.addAll(command.argv());
    return builder.arguments;
  }

  /** Files below /etc that programs fail without, as far as they exist. Looked up once. */
  static List<Path> systemConfiguration() {
    return Configuration.FOUND;
  }

  private static final class Configuration {
    static final List<Path> FOUND = find();

    private static List<Path> find() {
      List<Path> found = new ArrayList<>();
      ETC.forEach(name -> found.add(Path.of("/etc", name)));
      try (DirectoryStream<Path> java =
          Files.newDirectoryStream(Path.of("/etc"), "{java,java-*,jvm-*}")) {
        java.forEach(found::add);
      } catch (IOException e) {
        // then nobody else can list it either; the proof tells whether commands run
      }
      return found.stream().filter(Files::exists).toList();
    }
  }

  private void isolate(boolean network) {
    add("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL");
    if (network) {
      add("--share-net");
    }
    String uid = Integer.toString(SandboxFiles.INNER_UID);
    add("--uid", uid, "--gid", uid, "--hostname", "winnow");
    add("--die-with-parent", "--new-session", "--seccomp", "3", "--json-status-fd", "4");
  }

  private void environment(Map<String, String> variables) {
    add("--clearenv");
    variables.forEach((name, value) -> add("--setenv", name, value));
  }

  private void system(SandboxFiles files, boolean network) {
    readOnly(Path.of("/usr"), Path.of("/usr"));
    for (String name : LINKS_TO_USR) {
      Path path = Path.of("/", name);
      if (Files.isSymbolicLink(path)) {
        add("--symlink", "usr/" + name, path.toString());
      } else if (Files.isDirectory(path)) {
        readOnly(path, path);
      }
    }
    systemConfiguration().forEach(path -> readOnly(path, path));
    for (String name : List.of("passwd", "group", "nsswitch.conf")) {
      readOnly(files.get(name), Path.of("/etc", name));
    }
    if (network) {
      existing(Path.of("/etc/hosts"));
      existing(Path.of("/etc/resolv.conf"));
    } else {
      readOnly(files.get("hosts"), Path.of("/etc/hosts"));
    }
    add("--dev", "/dev", "--size", mib(256), "--tmpfs", "/dev/shm", "--proc", "/proc");
    add("--size", mib(512), "--perms", "1777", "--tmpfs", TEMPORARY.toString());
    add("--size", mib(1024), "--perms", "0700", "--tmpfs", HOME.toString());
  }

  // CVE-2026-87766: bubblewrap creates a mount target through links that a candidate planted
  private void mounts(SandboxCommand command, UnaryOperator<Path> source) {
    List<Path> writable = new ArrayList<>(command.writable());
    writable.add(command.workspace());
    for (Path target : command.readOnly()) {
      refuseBelow(target, writable);
      if (!target.startsWith("/usr")) {
        readOnly(source.apply(target), target);
      }
    }
    for (Path target : writable) {
      refuseBelow(target, writable);
      add("--bind", source.apply(target).toString(), target.toString());
    }
  }

  private static void refuseBelow(Path target, List<Path> writable) {
    for (Path directory : writable) {
      if (target.startsWith(directory) && !target.equals(directory)) {
        throw new WinnowException(
            WinnowException.Category.SANDBOX,
            target + " cannot be mounted: it is below " + directory + ", which is writable");
      }
    }
  }

  private void existing(Path path) {
    if (Files.exists(path)) {
      readOnly(path, path);
    }
  }

  private void readOnly(Path from, Path target) {
    add("--ro-bind", from.toString(), target.toString());
  }

  private static String mib(long count) {
    return Long.toString(count << 20);
  }

  private void add(String... more) {
    arguments.addAll(List.of(more));
  }
}
