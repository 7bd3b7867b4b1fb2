package dev.winnow.workspace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * A Landlock rule set: everything is denied except below the paths that are allowed here. The file
 * rights known to the running kernel are all handled, so nothing stays open by omission
 * (Documentation/userspace-api/landlock.rst of Linux).
 */
final class LandlockRules implements AutoCloseable {

  private static final int CREATE_RULESET = 444;
  private static final int ADD_RULE = 445;
  private static final int RESTRICT_SELF = 446;
  private static final int PATH_BENEATH = 1;
  private static final int VERSION = 1;
  private static final int O_PATH_CLOEXEC = 0x200000 | 0x80000;
  private static final int PR_SET_NO_NEW_PRIVS = 38;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long TRUNCATE = 1 << 14;
  private static final long IOCTL_DEV = 1 << 15;
  private static final long ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

  // abstract unix sockets and signals stay inside
  private static final long SCOPES = 1 | 2;

  static final long READ = EXECUTE | READ_FILE | READ_DIR;
  static final long DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV;
  static final long ALL = (1 << 16) - 1;

  private static final int NET_PORT = 2;
  private static final long BIND_TCP = 1;
  private static final long CONNECT_TCP = 2;

  /** The first version that can restrict to which port a program connects. */
  static final int PORTS = 4;

  private final long handled;
  private final int ruleset;

  LandlockRules() {
    this(false);
  }

  /**
   * @param ports whether TCP is denied as well, except what {@link #allowConnect} allows
   */
  LandlockRules(boolean ports) {
    int version = version();
    // each version added rights: 2 refer, 3 truncate, 5 ioctl on devices
    handled = (1L << (version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13)) - 1;
    int size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(24, 8);
      attributes.set(ValueLayout.JAVA_LONG, 0, handled);
      attributes.set(ValueLayout.JAVA_LONG, 8, ports ? BIND_TCP | CONNECT_TCP : 0);
      attributes.set(ValueLayout.JAVA_LONG, 16, version >= 6 ? SCOPES : 0);
      ruleset = (int) create(attributes, size, 0);
    }
    if (ruleset < 0) {
      throw new IllegalStateException("this kernel refuses Landlock");
    }
  }

  /** Landlock's version in the running kernel, 0 or less when there is none. */
  static int version() {
    return (int) create(MemorySegment.NULL, 0, VERSION);
  }

  // landlock_create_ruleset(attributes, size, flags); the pointer is passed as a number
  private static long create(MemorySegment attributes, long size, long flags) {
    return Libc.syscall(
        CREATE_RULESET, attributes.address(), MemorySegment.ofAddress(size), flags, 0);
  }

  void allow(Collection<Path> paths, long rights) {
    paths.forEach(path -> allow(path, rights));
  }

  /** Allows the rights at and below the path; a path that does not exist is left out. */
  void allow(Path path, long rights) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = Libc.open(arena.allocateFrom(path.toString()), O_PATH_CLOEXEC);
      if (descriptor < 0) {
        return;
      }
      long possible = Files.isDirectory(path) ? handled : handled & ON_FILES;
      MemorySegment rule = arena.allocate(16, 8); // packed: u64 rights, s32 descriptor
      rule.set(ValueLayout.JAVA_LONG, 0, rights & possible);
      rule.set(ValueLayout.JAVA_INT, 8, descriptor);
      long result =
          Libc.syscall(ADD_RULE, ruleset, MemorySegment.ofAddress(PATH_BENEATH), rule.address(), 0);
      Libc.close(descriptor);
      if (result != 0) {
        throw new IllegalStateException("Landlock refuses a rule for " + path);
      }
    }
  }

  /** Allows connecting to a TCP port, of whatever address: the kernel cannot say of which. */
  void allowConnect(int port) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rule = arena.allocate(16, 8);
      rule.set(ValueLayout.JAVA_LONG, 0, CONNECT_TCP);
      rule.set(ValueLayout.JAVA_LONG, 8, port);
      long result =
          Libc.syscall(ADD_RULE, ruleset, MemorySegment.ofAddress(NET_PORT), rule.address(), 0);
      if (result != 0) {
        throw new IllegalStateException("Landlock refuses a rule for port " + port);
      }
    }
  }

  /** Restricts the calling thread, and what it starts, for good. False when the kernel refuses. */
  boolean restrictThread() {
    return Libc.prctl(PR_SET_NO_NEW_PRIVS, 1, MemorySegment.NULL) == 0
        && Libc.syscall(RESTRICT_SELF, ruleset, MemorySegment.NULL, 0, 0) == 0;
  }

  @Override
  public void close() {
    Libc.close(ruleset);
  }
}
