package dev.winnow.workspace;

import java.nio.file.Path;

/** A directory with the files of one candidate or one test run; nothing in it is trusted. */
public final class Workspace implements AutoCloseable {

  public Path root() {
    throw new UnsupportedOperationException();
  }

  /** The files as a git tree in the mirror; build outputs and ignored files are left out. */
  public String snapshot() {
    throw new UnsupportedOperationException();
  }

  /** Guarded access to the files. */
  public WorkspaceFiles files() {
    throw new UnsupportedOperationException();
  }

  /** Deletes the directory, whatever is in it. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
