package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Only tells the owner of workspaces; runs nothing. */
record OwnerOnly(OptionalInt uid) implements Sandbox {

  static final OwnerOnly SAME_USER = new OwnerOnly(OptionalInt.empty());

  @Override
  public Tier tier() {
    return Tier.NONE;
  }

  @Override
  public CommandResult run(
      SandboxCommand command, OutputListener listener, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return uid;
  }
}
