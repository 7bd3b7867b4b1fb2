package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.tool.Delegate;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.NodeOptions;
import dev.winnow.evidence.runner.BindRunner;
import dev.winnow.evidence.runner.FindTools;
import dev.winnow.run.Machine;
import dev.winnow.run.Node;
import dev.winnow.run.RunLimits;
import dev.winnow.run.RunRequest;
import dev.winnow.run.SubmitRun;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** What this process gives to runs: agents, sandbox, tools, limits. */
final class ThisMachine {

  private final Settings settings;
  private final AgentRegistry agents;
  private volatile Set<Integer> ownPorts = Set.of();
  private final Map<Boolean, Sandbox> sandboxes = new ConcurrentHashMap<>();

  ThisMachine(Settings settings) {
    this.settings = settings;
    this.agents = Agents.registry(settings);
  }

  /** Winnow itself listens there: no tool reaches it, whatever hosts are vouched for. */
  void listensOn(int port) {
    ownPorts = Set.of(port);
  }

  Path dataDirectory() {
    return settings.dataDirectory();
  }

  AgentRegistry agents() {
    return agents;
  }

  /** Found and proved once. */
  Sandbox sandbox(boolean optional) {
    return sandboxes.computeIfAbsent(optional, this::choose);
  }

  private Sandbox choose(boolean optional) {
    try {
      return ChooseSandbox.choose(settings.sandbox(), settings.dataDirectory());
    } catch (WinnowException e) {
      if (optional && settings.sandbox() == ChooseSandbox.Preference.AUTO) {
        return ChooseSandbox.choose(ChooseSandbox.Preference.NONE, settings.dataDirectory());
      }
      throw e;
    }
  }

  BindRunner binding(Sandbox sandbox) {
    return new BindRunner(settings.dataDirectory(), sandbox, FindTools.onThisMachine());
  }

  RunLimits limits() {
    return new RunLimits(
        settings.limits().parallelism(),
        settings.limits().testTime(),
        Limits.DEFAULT.withWall(settings.limits().commandTime()),
        AgentLimits.DEFAULT);
  }

  Machine machine() {
    return new Machine(
        settings.dataDirectory(),
        agents,
        limits(),
        new Semaphore(settings.limits().parallelism(), true),
        this::sandbox,
        this::binding,
        this::toolbox,
        snapshots());
  }

  Optional<SharedRemote> snapshots() {
    return Optional.ofNullable(settings.snapshots());
  }

  /** The tools of the request, with the limits and the reach of this machine. */
  private Toolbox toolbox(RunRequest request) {
    Map<String, Delegate> delegates = new HashMap<>(Agents.delegates(settings));
    delegates.keySet().retainAll(request.tools());
    return new Toolbox(
        settings.tools().offering(request.fileTools(), request.tools()).withoutOwn(ownPorts),
        delegates);
  }

  /** Names of the tools that reach out of the workspace and are switched on here. */
  List<String> toolsOutside() {
    List<String> names = new ArrayList<>(Agents.delegates(settings).keySet());
    names.addAll(settings.tools().outside());
    return names.stream().sorted().toList();
  }

  /**
   * What this process takes from the queue.
   *
   * @param only the runs that it works on; empty for all
   */
  NodeOptions node(Optional<Set<UUID>> only) {
    QueueLimits queue = settings.limits().queue();
    return new NodeOptions(
        Node.name(), queue.runs(), only, offers(), queue.allRuns(), queue.perProvider());
  }

  /** What runs can need of a node, and this one has. */
  List<String> offers() {
    List<String> offers = new ArrayList<>();
    offers.add("host:" + Node.host());
    snapshots().ifPresent(remote -> offers.add(SubmitRun.NEED + remote.shown()));
    toolsOutside().forEach(tool -> offers.add("tool:" + tool));
    settings.credentials().names().forEach(name -> offers.add("key:" + name));
    agents
        .configured()
        .forEach((name, config) -> {
          if (config instanceof AgentConfig.Cli cli && agents.state(name).ready()) {
            offers.add("program:" + cli.driver().label());
          }
        });
    return offers;
  }
}
