package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The second tier, for machines without user namespaces: Landlock for files, seccomp for sockets
 * and kernel interfaces, another user id when Winnow is root. Reduced, because other processes can
 * be seen and there is no private loopback: tests that bind a socket fail here.
 */
final class LandlockSandbox implements Sandbox {

  private static final String GATE = "read -r _ || exit 125; exec \"$@\" </dev/null";
  private static final String ENTER = "cd -- \"$1\" || exit 126; unset OLDPWD; shift; exec \"$@\"";

  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/usr"),
          Path.of("/bin"),
          Path.of("/sbin"),
          Path.of("/lib"),
          Path.of("/lib32"),
          Path.of("/lib64"),
          Path.of("/proc"),
          Path.of("/sys/devices/system/cpu"),
          Path.of("/sys/kernel/mm/transparent_hugepage"),
          Path.of("/etc/passwd"),
          Path.of("/etc/group"),
          Path.of("/etc/hosts"),
          Path.of("/etc/nsswitch.conf"));

  private static final List<Path> DEVICES =
      List.of(
          Path.of("/dev/null"),
          Path.of("/dev/zero"),
          Path.of("/dev/full"),
          Path.of("/dev/random"),
          Path.of("/dev/urandom"));

  private final Path privateDirectories;
  private final Process watch;

  LandlockSandbox(Path dataDirectory) {
    privateDirectories = SandboxFiles.in(dataDirectory).newPrivateParent();
    watch = WatchWinnow.start(privateDirectories);
  }

  @Override
  public Tier tier() {
    return Tier.REDUCED;
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return Slot.of(workspace);
  }

  @Override
  public CommandResult run(
      SandboxCommand command, OutputListener listener, Cancellation cancellation) {
    if (!watch.isAlive()) {
      throw new WinnowException(
          Category.SANDBOX, "the process that guards the sandbox was killed; start Winnow again");
    }
    OptionalInt uid = owner(command.workspace());
    uid.ifPresent(id -> refuseUnreachable(id, command));
    SeccompFilter.Sockets sockets =
        command.network()
            ? SeccompFilter.Sockets.HOST
            : command.door().isPresent()
                ? SeccompFilter.Sockets.TCP_ONLY
                : SeccompFilter.Sockets.PAIRS_ONLY;
    byte[] filter = SeccompFilter.program(sockets).orElseThrow();
    Marker marker = Marker.next();
    try (PrivateDirectory own = PrivateDirectory.create(privateDirectories, uid);
        LandlockRules rules = rules(command, own)) {
      List<String> argv = argv(command, own, uid);
      return new RunWatched(command, marker, true, listener)
          .run(() -> SpawnRestricted.start(argv, rules, filter, marker), cancellation);
    }
  }

  private static LandlockRules rules(SandboxCommand command, PrivateDirectory own) {
    if (command.door().isPresent() && LandlockRules.version() < LandlockRules.PORTS) {
      throw new WinnowException(
          Category.SANDBOX,
          "this kernel cannot restrict the network of a program (Linux 6.7 can);"
              + " agents that need a way out need bubblewrap here");
    }
    LandlockRules rules = new LandlockRules(command.door().isPresent());
    command.door().ifPresent(door -> rules.allowConnect(door.port()));
    rules.allow(SYSTEM, LandlockRules.READ);
    rules.allow(BubblewrapArguments.systemConfiguration(), LandlockRules.READ);
    if (command.network()) {
      rules.allow(Path.of("/etc/resolv.conf"), LandlockRules.READ);
    }
    rules.allow(DEVICES, LandlockRules.DEVICE);
    rules.allow(command.readOnly(), LandlockRules.READ);
    rules.allow(command.writable(), LandlockRules.ALL);
    rules.allow(command.workspace(), LandlockRules.ALL);
    rules.allow(own.home(), LandlockRules.ALL);
    rules.allow(own.temporary(), LandlockRules.ALL);
    return rules;
  }

  private static List<String> argv(SandboxCommand command, PrivateDirectory own, OptionalInt uid) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", GATE, "gate"));
    argv.addAll(StartProcess.limited(command.limits(), uid));
    argv.addAll(List.of(StartProcess.tool("setpriv"), "--pdeathsig", "KILL"));
    argv.addAll(List.of(StartProcess.tool("env"), "-i"));
    SandboxEnvironment.of(command, own.home(), own.temporary())
        .forEach((name, value) -> argv.add(name + "=" + value));
    argv.addAll(List.of("/bin/sh", "-c", ENTER, "sh"));
    argv.add(command.workspace().resolve(command.directory()).toString());
    argv.addAll(command.argv());
    return argv;
  }

  private static void refuseUnreachable(int uid, SandboxCommand command) {
    for (Path path : command.readOnly()) {
      Slot.obstacle(uid, path)
          .ifPresent(part -> {
            throw new WinnowException(
                Category.SANDBOX,
                "the sandbox's user cannot read %s, because of %s; move it or make it readable"
                    .formatted(path, part));
          });
    }
  }
}
