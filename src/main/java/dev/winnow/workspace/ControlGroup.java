package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The kernel's limits for memory and processes of one command, where Winnow may set them (mostly as
 * root; version 1 and 2). Elsewhere the group is empty and limits nothing: then the watcher adds up
 * the memory itself.
 */
final class ControlGroup implements AutoCloseable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String OURS = "winnow";
  private static final AtomicLong NEXT = new AtomicLong();

  private final List<Path> directories = new ArrayList<>();
  private boolean limitsMemory;

  private ControlGroup() {}

  static ControlGroup create(Limits limits) {
    ControlGroup group = new ControlGroup();
    String name = ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    String memory = Long.toString(limits.memoryBytes());
    String processes = Integer.toString(limits.processes());
    try {
      if (Files.exists(ROOT.resolve("cgroup.controllers"))) {
        Files.createDirectories(ROOT.resolve(OURS));
        Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+memory +pids");
        Files.writeString(ROOT.resolve(OURS + "/cgroup.subtree_control"), "+memory +pids");
        offerProcessor(ROOT);
        offerProcessor(ROOT.resolve(OURS));
        Path own = group.add(ROOT.resolve(OURS).resolve(name));
        Files.writeString(own.resolve("memory.max"), memory);
        Files.writeString(own.resolve("pids.max"), processes);
      } else {
        Path own = group.add(ROOT.resolve("memory").resolve(OURS).resolve(name));
        Files.writeString(own.resolve("memory.limit_in_bytes"), memory);
        group.shareProcessor(name);
        own = group.add(ROOT.resolve("pids").resolve(OURS).resolve(name));
        Files.writeString(own.resolve("pids.max"), processes);
      }
      group.limitsMemory = true;
    } catch (IOException e) {
      group.close(); // not ours to write: no group at all rather than half of one
    }
    return group;
  }

  /** Version 2 shares the processor evenly between groups, once it may. */
  private static void offerProcessor(Path parent) {
    try {
      Files.writeString(parent.resolve("cgroup.subtree_control"), "+cpu");
    } catch (IOException e) {
      // not delegated to us: memory and processes are limited all the same
    }
  }

  /**
   * With a group of its own, a command gets the processor time of one program however many
   * processes it starts; without, a fork bomb leaves nothing to anybody else.
   */
  private void shareProcessor(String name) throws IOException {
    Path controller = ROOT.resolve("cpu");
    if (Files.isDirectory(controller)) {
      Path all = controller.resolve(OURS);
      add(all.resolve(name));
      int cores = Runtime.getRuntime().availableProcessors();
      Files.writeString(all.resolve("cpu.shares"), Integer.toString(1024 * cores));
    }
  }

  private Path add(Path directory) throws IOException {
    Files.createDirectories(directory.getParent());
    directories.add(Files.createDirectory(directory));
    return directory;
  }

  boolean limitsMemory() {
    return limitsMemory;
  }

  /** Puts the process in, before it starts the command. */
  void enter(long pid) throws IOException {
    for (Path directory : directories) {
      Files.writeString(directory.resolve("cgroup.procs"), Long.toString(pid));
    }
  }

  /**
   * Kills until nothing of the group is left. A sandboxed process cannot leave its group, so this
   * finds what a sweep of the whole process list finds, without its 50 microseconds per process of
   * the machine.
   *
   * @return false when there is no group to ask
   */
  boolean killAll() {
    if (directories.isEmpty()) {
      return false;
    }
    KillProcesses.untilNoneIsLeft(this::processes);
    return true;
  }

  private List<Long> processes() {
    try {
      return Files.readAllLines(directories.getLast().resolve("cgroup.procs")).stream()
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "a control group cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the kernel killed a process of the group for memory. */
  boolean outOfMemory() {
    if (directories.isEmpty()) {
      return false;
    }
    Path memory = directories.getFirst();
    return hasKilled(memory.resolve("memory.oom_control"))
        || hasKilled(memory.resolve("memory.events"));
  }

  private static boolean hasKilled(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .anyMatch(line -> line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the group; its processes are gone by now. */
  @Override
  public void close() {
    directories.forEach(ControlGroup::remove);
    directories.clear();
    limitsMemory = false;
  }

  private static void remove(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // still busy for a moment: removed by the next start of Winnow
    }
  }

  /** Removes groups that a killed Winnow left behind. */
  static void removeStale() {
    for (String parent : List.of(OURS, "memory/" + OURS, "cpu/" + OURS, "pids/" + OURS)) {
      try (DirectoryStream<Path> groups =
          Files.newDirectoryStream(ROOT.resolve(parent), "[0-9]*-[0-9]*")) {
        for (Path group : groups) {
          String pid = group.getFileName().toString().replaceAll("-.*", "");
          if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
            remove(group);
          }
        }
      } catch (IOException e) {
        // no such hierarchy
      }
    }
  }
}
