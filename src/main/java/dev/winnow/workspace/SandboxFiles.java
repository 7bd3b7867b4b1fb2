package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

/** The few files of Winnow's own that sandboxes need, in a directory of the data directory. */
final class SandboxFiles {

  /** User id, as a sandboxed command sees its own in the first tier. */
  static final int INNER_UID = 61_000;

  private static final Map<String, String> CONTENTS =
      Map.of(
          "passwd",
          "root:x:0:0:root:/root:/bin/sh\n"
              + ("winnow:x:" + INNER_UID + ":" + INNER_UID + "::/home/winnow:/bin/sh\n")
              + "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
          "group",
          "root:x:0:\nwinnow:x:" + INNER_UID + ":\nnogroup:x:65534:\n",
          "hosts",
          "127.0.0.1 localhost winnow\n::1 localhost\n",
          "nsswitch.conf",
          "passwd: files\ngroup: files\nhosts: files dns\n");

  private final Path root;

  private SandboxFiles(Path root) {
    this.root = root;
  }

  /** Creates or completes the directory; several Winnow processes may do it at the same time. */
  static SandboxFiles in(Path dataDirectory) {
    Path root = dataDirectory.toAbsolutePath().normalize().resolve("sandbox");
    try {
      for (String name : new String[] {"", "status", "reach"}) {
        Path directory = Files.createDirectories(root.resolve(name));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
      }
      SandboxFiles files = new SandboxFiles(root);
      for (var entry : CONTENTS.entrySet()) {
        files.write(
            entry.getKey(), entry.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      SeccompFilter.program(SeccompFilter.Sockets.NAMESPACED)
          .ifPresent(program -> files.write("filter.bpf", program));
      files.writeBridge();
      return files;
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "cannot write " + root + ": " + e.getMessage(), e);
    }
  }

  /** Leaves a file that is right already: a sandbox that just starts may be binding it. */
  private void write(String name, byte[] content) {
    try {
      Path file = root.resolve(name);
      if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
        return;
      }
      Path temporary = Files.createTempFile(root, "", ".new");
      Files.write(temporary, content);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "cannot write " + root.resolve(name), e);
    }
  }

  private void writeBridge() throws IOException {
    Class<?> bridge = BridgeLoopback.class;
    Path directory = bridge();
    for (String part : bridge.getPackageName().split("\\.")) {
      directory = directory.resolve(part);
    }
    Files.createDirectories(directory);
    for (Path made = directory; made != null && !made.equals(root); made = made.getParent()) {
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    String name = bridge.getSimpleName() + ".class";
    try (var in = bridge.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing in Winnow's own files");
      }
      write(root.relativize(directory.resolve(name)).toString(), in.readAllBytes());
    }
  }

  /** The class path of {@link BridgeLoopback}. */
  Path bridge() {
    return root.resolve("bridge");
  }

  Path get(String name) {
    return root.resolve(name);
  }

  /** A new directory for the private directories of one Winnow process. */
  Path newPrivateParent() {
    try {
      Path parent = Files.createTempDirectory(root, "private-");
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
      return parent;
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "cannot write " + root + ": " + e.getMessage(), e);
    }
  }

  /** A new file name for what bubblewrap reports about one command. */
  Path newStatus() {
    return root.resolve("status").resolve(UUID.randomUUID().toString());
  }
}
