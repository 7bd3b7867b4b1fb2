package dev.winnow.workspace;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A child that was not started by ProcessBuilder. Some thread has to wait for it, or it stays. */
final class NativeProcess extends Process {

  private static final int RUNNING = -1;

  private final int pid;
  private final OutputStream in;
  private final InputStream out;
  private final Runnable ended;
  private volatile int status = RUNNING;

  /** Takes over both descriptors; {@code ended} runs once, when the process was waited for. */
  NativeProcess(int pid, int in, int out, Runnable ended) throws IOException {
    this.pid = pid;
    this.ended = ended;
    // Java cannot adopt a descriptor, but it can open one again
    this.in = new FileOutputStream("/proc/self/fd/" + in);
    this.out = new FileInputStream("/proc/self/fd/" + out);
    Libc.close(in);
    Libc.close(out);
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public OutputStream getOutputStream() {
    return in;
  }

  @Override
  public InputStream getInputStream() {
    return out;
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream(); // it is in the other one
  }

  @Override
  public synchronized int waitFor() {
    if (status == RUNNING) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
        while (Libc.waitFor(pid, result) != pid) {
          // interrupted by a signal
        }
        int raw = result.get(ValueLayout.JAVA_INT, 0);
        int signal = raw & 0x7f;
        status = signal == 0 ? (raw >> 8) & 0xff : 128 + signal;
      }
      ended.run();
    }
    return status;
  }

  @Override
  public int exitValue() {
    if (status == RUNNING) {
      throw new IllegalThreadStateException("still running");
    }
    return status;
  }

  @Override
  public Process destroyForcibly() {
    if (status == RUNNING) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    return this;
  }

  @Override
  public void destroy() {
    destroyForcibly();
  }
}
