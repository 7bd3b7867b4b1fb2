package dev.winnow.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;

/** The name of this process among all that work on runs: host, pid and when it started. */
public final class Node {

  private static final String NAME = name(ProcessHandle.current());

  private Node() {}

  public static String name() {
    return NAME;
  }

  /** Whether the process of that name was on this machine and is no longer. */
  static boolean isGone(String node) {
    String[] parts = node.split("/", -1);
    if (parts.length != 3 || !parts[0].equals(host()) || !parts[1].matches("\\d{1,10}")) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[1]));
    return process.isEmpty() || !name(process.get()).equals(node);
  }

  private static String name(ProcessHandle process) {
    long started = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return host() + "/" + process.pid() + "/" + started;
  }

  public static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
