package dev.winnow.evidence;

import dev.winnow.evidence.tamper.TreeFiles;
import dev.winnow.workspace.Mirror;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The text files of one tree. Whoever asks for one will ask for those that follow it, so they are
 * read together: a candidate may have written 50,000. Not thread-safe.
 */
final class ReadTree implements TreeFiles {

  /** A larger file is no source code that anybody wrote. */
  private static final int MAX_SOURCE = 512 * 1024; // bytes

  private static final int TOGETHER = 256;

  private static final long KEPT = 64L << 20; // bytes

  private final Mirror mirror;
  private final Map<String, String> blobs;
  private final NavigableSet<String> wanted;
  private final Map<String, byte[]> kept = new LinkedHashMap<>();
  private long keptBytes;

  /**
   * @param wanted paths that will be asked for, most likely in their order
   */
  ReadTree(Mirror mirror, String tree, Collection<String> wanted) {
    this.mirror = mirror;
    this.blobs = mirror.files(tree);
    this.wanted = new TreeSet<>(wanted);
  }

  @Override
  public Optional<String> text(String path) {
    String blob = blobs.get(path);
    if (blob == null) {
      return Optional.empty();
    }
    if (!kept.containsKey(blob)) {
      read(path, blob);
    }
    byte[] content = kept.get(blob);
    return content == null || content.length > MAX_SOURCE
        ? Optional.empty()
        : Optional.of(new String(content, StandardCharsets.UTF_8));
  }

  private void read(String path, String blob) {
    List<String> next = new ArrayList<>(List.of(blob));
    for (String other : wanted.tailSet(path, false)) {
      if (next.size() == TOGETHER) {
        break;
      }
      String id = blobs.get(other);
      if (id != null && !kept.containsKey(id)) {
        next.add(id);
      }
    }
    if (keptBytes > KEPT) {
      kept.clear();
      keptBytes = 0;
    }
    for (Map.Entry<String, byte[]> one : mirror.blobs(next, MAX_SOURCE).entrySet()) {
      kept.put(one.getKey(), one.getValue());
      keptBytes += one.getValue().length;
    }
  }
}
