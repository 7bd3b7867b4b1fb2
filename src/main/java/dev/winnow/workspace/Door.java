package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The only way out of a sandbox without network: one port on loopback, behind which a server of
 * Winnow's decides what may pass. With a network namespace it is a Unix socket that a bridge inside
 * connects the port to; elsewhere it is a port of the host's loopback.
 */
public final class Door implements AutoCloseable {

  /** In a network namespace of its own nobody else can have the port. */
  static final int INSIDE = 3128;

  /** The kernel takes 108 bytes. */
  private static final int LONGEST_SOCKET_PATH = 100;

  private final ServeConnections connections;
  private final @Nullable Path socket;

  private Door(ServeConnections connections, @Nullable Path socket) {
    this.connections = connections;
    this.socket = socket;
  }

  /**
   * Opens a door for the commands of one workspace.
   *
   * @param directory for the socket; not below the workspace
   * @throws WinnowException of category SANDBOX when it cannot be made
   */
  public static Door open(
      Sandbox sandbox, Path workspace, Path directory, ServeConnections.Server server) {
    try {
      return switch (sandbox.tier()) {
        case BUBBLEWRAP -> onSocket(directory, sandbox.owner(workspace), server);
        case REDUCED, NONE -> new Door(ServeConnections.onLoopback(server), null);
      };
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX,
          "the sandbox's way out cannot be made: " + e.getMessage(),
          e);
    }
  }

  private static Door onSocket(Path directory, OptionalInt owner, ServeConnections.Server server)
      throws IOException {
    Path path = directory.resolve("door-" + UUID.randomUUID().toString().substring(0, 8));
    if (path.toString().length() > LONGEST_SOCKET_PATH) {
      Path parent = Files.createTempDirectory("winnow-door-");
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
      path = parent.resolve("door");
    }
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    if (owner.isPresent()) {
      Ownership.give(path, owner.getAsInt());
    }
    return new Door(new ServeConnections(listener, server), path);
  }

  /** The port of 127.0.0.1 that the command connects to. */
  public int port() {
    return socket == null ? connections.port() : INSIDE;
  }

  /** The Unix socket that the bridge inside connects to, null without a network namespace. */
  @Nullable Path socket() {
    return socket;
  }

  /** Ends all connections. */
  @Override
  public void close() {
    connections.close();
    try {
      if (socket != null) {
        Files.deleteIfExists(socket);
        if (socket.endsWith("door")) {
          Files.deleteIfExists(socket.getParent());
        }
      }
    } catch (IOException e) {
      // the directory goes away with the run
    }
  }
}
