package dev.winnow.store;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes an export: a zip file, so that a cut one is recognised by its missing end, with a manifest
 * as its last entry. It is written aside and renamed when it is whole and on disk; readable by its
 * owner only, because conversations and source code are in it.
 */
public final class WriteArchive implements AutoCloseable {

  static final String MANIFEST = "manifest.json";

  private final Path target;
  private final Path unfinished;
  private final FileChannel channel;
  private final ZipOutputStream zip;
  private final List<Manifest.Part> parts = new ArrayList<>();

  private WriteArchive(Path target, Path unfinished, FileChannel channel) {
    this.target = target;
    this.unfinished = unfinished;
    this.channel = channel;
    this.zip =
        new ZipOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16),
            StandardCharsets.UTF_8);
  }

  /**
   * @throws WinnowException of category USAGE when the file exists or cannot be created
   */
  public static WriteArchive create(Path file) {
    Path target = file.toAbsolutePath().normalize();
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw WinnowException.usage(target + " exists already: give a new name.");
    }
    Path unfinished =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      return new WriteArchive(
          target,
          unfinished,
          FileChannel.open(
              unfinished,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    } catch (IOException e) {
      throw WinnowException.usage("%s cannot be created: %s.".formatted(target, reason(e)));
    }
  }

  /** The next entry; close it before the one after it. Written bytes are counted and hashed. */
  public OutputStream entry(String name) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    return new Part(name);
  }

  /** Writes the manifest that the function makes of the parts, and gives the file its name. */
  public Manifest finish(Function<List<Manifest.Part>, Manifest> describe) {
    Manifest manifest = describe.apply(parts);
    try {
      zip.putNextEntry(new ZipEntry(MANIFEST));
      zip.write(Json.write(manifest).getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.finish();
      zip.flush();
      channel.force(true);
      // not ATOMIC_MOVE, which would replace a file that appeared meanwhile
      Files.createLink(target, unfinished);
      return manifest;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Turns a failure to write into one line. */
  public WinnowException failed(IOException e) {
    return WinnowException.infrastructure(
        "%s cannot be written: %s.".formatted(target, reason(e)), e);
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException f && f.getReason() != null
        ? f.getReason()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }

  /** Leaves nothing behind but a finished file. */
  @Override
  public void close() {
    try {
      channel.close(); // not the zip: it would try to write its end on a full disk
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private final class Part extends FilterOutputStream {
    private final String name;
    private final MessageDigest digest = sha256();
    private long bytes;
    private boolean closed;

    Part(String name) {
      super(zip);
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      zip.write(data, offset, length);
      digest.update(data, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        zip.closeEntry();
        parts.add(new Manifest.Part(name, bytes, HexFormat.of().formatHex(digest.digest())));
      }
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
