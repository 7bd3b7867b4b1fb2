package dev.winnow.workspace;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Numbers of system calls on one architecture (include/uapi/asm-generic/unistd.h and
 * arch/x86/entry/syscalls/syscall_64.tbl of Linux).
 *
 * @param denied calls that no command may make
 */
record SystemCalls(
    int auditArchitecture,
    boolean hasX32,
    int cloneProcess,
    int unshare,
    int ioctl,
    int setrlimit,
    int prlimit,
    int socket,
    int socketpair,
    int sendto,
    int sendmsg,
    int sendmmsg,
    List<Integer> denied) {

  // numbers from 424 on are the same on all architectures
  private static final List<Integer> COMMON =
      List.of(
          425, 426, 427, // io_uring
          428, 429, 430, 431, 432, 433, 442, // mount api: open_tree to fspick, mount_setattr
          438, // pidfd_getfd
          440); // process_madvise

  static final SystemCalls X86_64 =
      new SystemCalls(
          0xC000003E,
          true,
          56,
          272,
          16,
          160,
          302,
          41,
          53,
          44,
          46,
          307,
          with(
              248, 249, 250, // add_key, request_key, keyctl
              321, 298, 323, // bpf, perf_event_open, userfaultfd
              165, 166, 155, 161, // mount, umount2, pivot_root, chroot
              101, 310, 311, 312, // ptrace, process_vm_readv, process_vm_writev, kcmp
              246, 320, 175, 313, 176, // kexec_load, kexec_file_load, modules
              308, 304, // setns, open_by_handle_at
              167, 168, 169, 103, 179, 163, // swapon, swapoff, reboot, syslog, quotactl, acct
              164, 227, 172, 173)); // settimeofday, clock_settime, iopl, ioperm

  static final SystemCalls AARCH64 =
      new SystemCalls(
          0xC00000B7,
          false,
          220,
          97,
          29,
          164,
          261,
          198,
          199,
          206,
          211,
          269,
          with(
              217, 218, 219, 280, 241, 282, 40, 39, 41, 51, 117, 270, 271, 272, 104, 294, 105, 273,
              106, 268, 265, 224, 225, 142, 116, 60, 89, 170, 112));

  private static List<Integer> with(int... own) {
    return Stream.concat(COMMON.stream(), IntStream.of(own).boxed()).toList();
  }

  int clone3() {
    return 435;
  }

  static Optional<SystemCalls> ofThisMachine() {
    return switch (System.getProperty("os.arch")) {
      case "amd64" -> Optional.of(X86_64);
      case "aarch64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }
}
