package dev.winnow.agent.cli;

import dev.winnow.workspace.ProgramHome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one agent program is called, and what it leaves behind. */
interface CliProgram {

  /** What people call it. */
  String label();

  /** The version that Winnow was tried with; older ones may not know an option. */
  String tried();

  /** Writes what the program reads at its start. */
  void prepare(ProgramHome home, Access access, Optional<String> model);

  Map<String, String> environment(ProgramHome home, Access access);

  /**
   * The arguments; the prompt comes through stdin, never as one of them.
   *
   * @param session the id to start a session with, where the program lets one choose
   * @param resume whether the session exists already
   */
  List<String> arguments(String session, boolean resume, Optional<String> model);

  ReadEvents events();

  /** Whether it says itself what a session cost. */
  boolean tellsCost();

  /** The file that holds a session, relative to the home; empty when it is not there. */
  Optional<String> sessionFile(ProgramHome home, String session);

  /**
   * Where that file has to be for a session to be found again.
   *
   * @param recorded where it was, relative to the home
   * @param workspace where the program will be started
   */
  String sessionPath(String recorded, String workspace);

  /** The hosts that it needs when it is logged in without a key. */
  List<String> logInHosts();

  /** How it is logged in without a key, for a message: what to run. */
  String logIn();
}
