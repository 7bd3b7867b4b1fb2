package dev.winnow.run;

import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Task;
import dev.winnow.workspace.Mirror;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What every phase of one run shares.
 *
 * @param base commit that all candidates start from
 * @param workDirectory of this run; holds the workspaces and is deleted at the end
 */
record RunSetting(
    UUID run,
    Task task,
    Mirror mirror,
    String base,
    String baseTree,
    Path workDirectory,
    CheckpointManager steps,
    Consumer<RunEvent> events) {}
