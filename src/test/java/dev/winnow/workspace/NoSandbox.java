package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Only tells the owner of workspaces; runs nothing. */
record NoSandbox(OptionalInt uid) implements Sandbox {

  static final NoSandbox SAME_USER = new NoSandbox(OptionalInt.empty());

  @Override
  public Tier tier() {
    return Tier.NONE;
  }

  @Override
  public CommandResult run(SandboxCommand command, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return uid;
  }
}
