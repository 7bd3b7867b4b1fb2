package dev.winnow.workspace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A seccomp program as bytes (array of {@code struct sock_filter}). It allows what it does not
 * name; what it names fails with EPERM: kernel interfaces that tests do not need and that sandbox
 * escapes were built on, new namespaces, other socket families, and the limit that {@link Marker}
 * stands on.
 */
final class SeccompFilter {

  /** What sockets a command may create. */
  enum Sockets {
    /** A network namespace of its own decides what is reachable. */
    NAMESPACED,
    /** No namespace: the host's network, as the user asked for it. */
    HOST,
    /** No namespace: TCP, to the port that Landlock allows; no other protocol, no other family. */
    TCP_ONLY,
    /** No namespace and no network: socket pairs only. */
    PAIRS_ONLY
  }

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_AT_LEAST = 0x35;
  private static final int JUMP_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff_0000;
  private static final int KILL_PROCESS = 0x8000_0000;
  private static final int ERRNO = 0x0005_0000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  // offsets in struct seccomp_data, little endian
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  private static final int X32 = 0x4000_0000;
  private static final int NAMESPACES = 0x7e02_0000;
  private static final int TIME_NAMESPACE = 0x80;
  private static final int RLIMIT_RTTIME = 15;
  private static final int TIOCSTI = 0x5412;
  private static final int TIOCLINUX = 0x541c;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_TYPE = 0xf;
  private static final int IPPROTO_TCP = 6;
  private static final int MSG_FASTOPEN = 0x2000_0000;

  private final SystemCalls calls;
  private final ByteBuffer program = ByteBuffer.allocate(4096 * 8).order(ByteOrder.LITTLE_ENDIAN);

  private SeccompFilter(SystemCalls calls) {
    this.calls = calls;
  }

  /** The program for this machine, empty when its architecture is not known. */
  static Optional<byte[]> program(Sockets sockets) {
    return SystemCalls.ofThisMachine().map(calls -> new SeccompFilter(calls).build(sockets));
  }

  private byte[] build(Sockets sockets) {
    emit(LOAD, 0, 0, ARCHITECTURE);
    emit(JUMP_EQUAL, 1, 0, calls.auditArchitecture());
    emit(RETURN, 0, 0, KILL_PROCESS);
    emit(LOAD, 0, 0, NUMBER);
    if (calls.hasX32()) {
      emit(JUMP_AT_LEAST, 0, 1, X32);
      fail(EPERM);
    }
    calls.denied().forEach(this::deny);
    // glibc then uses clone, whose flags a filter can read
    emit(JUMP_EQUAL, 0, 1, calls.clone3());
    fail(ENOSYS);
    denyBits(calls.cloneProcess(), 0, NAMESPACES);
    denyBits(calls.unshare(), 0, NAMESPACES | TIME_NAMESPACE);
    denyValues(calls.ioctl(), 1, List.of(TIOCSTI, TIOCLINUX));
    denyValues(calls.setrlimit(), 0, List.of(RLIMIT_RTTIME));
    denyChangeOfMark();
    switch (sockets) {
      case NAMESPACED, HOST ->
          allowOnly(calls.socket(), List.of(AF_UNIX, AF_INET, AF_INET6, AF_NETLINK));
      case TCP_ONLY -> {
        allowTcpOnly();
        allowOnly(calls.socketpair(), List.of(AF_UNIX));
        // a connection that data opens is not a connect for Landlock
        denyBits(calls.sendto(), 3, MSG_FASTOPEN);
        denyBits(calls.sendmsg(), 2, MSG_FASTOPEN);
        denyBits(calls.sendmmsg(), 3, MSG_FASTOPEN);
      }
      case PAIRS_ONLY -> {
        deny(calls.socket());
        allowOnly(calls.socketpair(), List.of(AF_UNIX));
      }
    }
    emit(RETURN, 0, 0, ALLOW);
    byte[] bytes = new byte[program.position()];
    program.flip().get(bytes);
    return bytes;
  }

  private void deny(int call) {
    emit(JUMP_EQUAL, 0, 1, call);
    fail(EPERM);
  }

  private void denyBits(int call, int argument, int bits) {
    emit(JUMP_EQUAL, 0, 4, call);
    loadArgument(argument);
    emit(JUMP_ANY_BIT, 0, 1, bits);
    fail(EPERM);
    emit(LOAD, 0, 0, NUMBER);
  }

  private void denyValues(int call, int argument, List<Integer> values) {
    emit(JUMP_EQUAL, 0, 2 + 2 * values.size(), call);
    loadArgument(argument);
    values.forEach(this::deny);
    emit(LOAD, 0, 0, NUMBER);
  }

  private void allowOnly(int call, List<Integer> values) {
    emit(JUMP_EQUAL, 0, 3 + values.size(), call);
    loadArgument(0);
    for (int i = 0; i < values.size(); i++) {
      emit(JUMP_EQUAL, values.size() - i, 0, values.get(i));
    }
    fail(EPERM);
    emit(LOAD, 0, 0, NUMBER);
  }

  // socket(family, type, protocol): MPTCP and SCTP are streams as well, and not TCP for Landlock
  private void allowTcpOnly() {
    emit(JUMP_EQUAL, 0, 13, calls.socket());
    loadArgument(0);
    emit(JUMP_EQUAL, 2, 0, AF_INET);
    emit(JUMP_EQUAL, 1, 0, AF_INET6);
    fail(EPERM);
    loadArgument(1);
    emit(AND, 0, 0, SOCK_TYPE);
    emit(JUMP_EQUAL, 1, 0, SOCK_STREAM);
    fail(EPERM);
    loadArgument(2);
    emit(JUMP_EQUAL, 2, 0, 0);
    emit(JUMP_EQUAL, 1, 0, IPPROTO_TCP);
    fail(EPERM);
    emit(LOAD, 0, 0, NUMBER);
  }

  // prlimit64(pid, resource, new, old): reading is allowed, that is new == null
  private void denyChangeOfMark() {
    emit(JUMP_EQUAL, 0, 8, calls.prlimit());
    loadArgument(1);
    emit(JUMP_EQUAL, 0, 5, RLIMIT_RTTIME);
    loadArgument(2);
    emit(JUMP_EQUAL, 0, 2, 0);
    emit(LOAD, 0, 0, ARGUMENTS + 2 * 8 + 4);
    emit(JUMP_EQUAL, 1, 0, 0);
    fail(EPERM);
    emit(LOAD, 0, 0, NUMBER);
  }

  private void loadArgument(int index) {
    emit(LOAD, 0, 0, ARGUMENTS + 8 * index);
  }

  private void fail(int errno) {
    emit(RETURN, 0, 0, ERRNO | errno);
  }

  private void emit(int code, int ifTrue, int ifFalse, int operand) {
    program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }
}
