package dev.winnow.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads an export that may be cut, altered, or something else altogether: nothing of it is used
 * before all of it was compared with its manifest.
 */
public final class ReadArchive implements AutoCloseable {

  private static final int LARGEST_MANIFEST = 64 << 20;

  private final Path file;
  private final ZipFile zip;
  private final Manifest manifest;

  private ReadArchive(Path file, ZipFile zip, Manifest manifest) {
    this.file = file;
    this.zip = zip;
    this.manifest = manifest;
  }

  /**
   * Opens the file and checks every byte of it.
   *
   * @throws WinnowException of category USAGE when it is not a whole export
   */
  public static ReadArchive open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw WinnowException.usage("There is no file " + file + ".");
    }
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
      ReadArchive archive = new ReadArchive(file, zip, manifest(file, zip));
      archive.verify();
      return archive;
    } catch (IOException e) {
      close(zip);
      throw damaged(file, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      close(zip);
      throw e;
    }
  }

  public Manifest manifest() {
    return manifest;
  }

  /** The entries whose names begin like this, in the order in which they were written. */
  public List<String> parts(String prefix) {
    return manifest.parts().stream()
        .map(Manifest.Part::name)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  public InputStream part(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw damaged(file, name + " is missing");
    }
    return zip.getInputStream(entry);
  }

  /** The same refusal for what only a reader of the content can see. */
  public WinnowException damaged(String what) {
    return damaged(file, what);
  }

  private static Manifest manifest(Path file, ZipFile zip) throws IOException {
    ZipEntry entry = zip.getEntry(WriteArchive.MANIFEST);
    if (entry == null) {
      throw damaged(file, "it has no manifest");
    }
    byte[] bytes;
    try (InputStream in = zip.getInputStream(entry)) {
      bytes = in.readNBytes(LARGEST_MANIFEST);
    }
    try {
      JsonNode root = Json.mapper().readTree(bytes);
      int format = root.path("format").asInt(0);
      if (format > Manifest.FORMAT) {
        throw WinnowException.usage(
            "%s was written by a newer Winnow (format %d, this one knows %d): update Winnow."
                .formatted(file, format, Manifest.FORMAT));
      }
      return Json.mapper()
          .readerFor(Manifest.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .readValue(root);
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw damaged(file, "its manifest cannot be read");
    }
  }

  private void verify() throws IOException {
    Set<String> names = new HashSet<>();
    for (Manifest.Part part : manifest.parts()) {
      if (!names.add(part.name()) || !matches(part)) {
        throw damaged(part.name() + " is not what was written");
      }
    }
    for (Manifest.Table table : manifest.tables()) {
      if (!names.contains(ExportTables.part(table.name()))) {
        throw damaged("table " + table.name() + " is missing");
      }
    }
    if (zip.size() != names.size() + 1) {
      throw damaged("it has entries that its manifest does not name");
    }
  }

  private boolean matches(Manifest.Part part) throws IOException {
    MessageDigest digest = WriteArchive.sha256();
    long bytes = 0;
    try (InputStream in = part(part.name())) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0 && bytes <= part.bytes(); n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        bytes += n;
      }
    }
    return bytes == part.bytes() && HexFormat.of().formatHex(digest.digest()).equals(part.sha256());
  }

  private static WinnowException damaged(Path file, String what) {
    return WinnowException.usage(
        "%s is no whole export of Winnow (%s): it was cut or altered, and nothing was imported."
            .formatted(file, what.replaceAll("\\p{Cntrl}", "?")));
  }

  private static void close(@Nullable ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // it was only read
    }
  }

  @Override
  public void close() {
    close(zip);
  }
}
