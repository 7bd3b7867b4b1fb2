package dev.winnow.workspace;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.store.ReadArchive;
import dev.winnow.store.WriteArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the mirrors into an export and reads them back: all objects as one pack, so that
 * candidates of every run stay comparable, and the refs that keep them.
 */
public final class ExportMirrors {

  private static final String PREFIX = "mirrors/";
  private static final String ABOUT = "/about.json";
  private static final String PACK = "/objects.pack";
  private static final int LARGEST_ABOUT = 256 << 20;

  private ExportMirrors() {}

  record Ref(String name, String id) {}

  /** What a mirror is beside its objects. */
  record About(String objectFormat, List<String> shallow, List<Ref> refs) {
    About {
      shallow = List.copyOf(shallow);
      refs = List.copyOf(refs);
    }
  }

  /** Returns how many mirrors there were. */
  public static int write(Path dataDirectory, WriteArchive archive) throws IOException {
    List<MirrorDirectory> mirrors = MirrorDirectory.all(dataDirectory);
    for (MirrorDirectory mirror : mirrors) {
      // refs first: what they name is among the objects that are listed after them
      About about = about(mirror);
      try (OutputStream out = archive.entry(PREFIX + mirror.name() + ABOUT)) {
        out.write(Json.write(about).getBytes(StandardCharsets.UTF_8));
      }
      try (OutputStream out = archive.entry(PREFIX + mirror.name() + PACK)) {
        PumpGit.read(
            mirror.git(),
            List.of(
                List.of(
                    "cat-file",
                    "--batch-all-objects",
                    "--unordered",
                    "--batch-check=%(objectname)"),
                List.of("pack-objects", "--quiet", "--stdout", "--delta-base-offset")),
            out);
      }
    }
    return mirrors.size();
  }

  private static About about(MirrorDirectory mirror) throws IOException {
    Path shallow = mirror.path().resolve("shallow");
    return new About(
        mirror.git().text("rev-parse", "--show-object-format"),
        Files.exists(shallow) ? Files.readAllLines(shallow) : List.of(),
        mirror
            .git()
            // housekeeping beside us has refs of its own for a moment
            .text(
                "for-each-ref", "--format=%(refname) %(objectname)", "refs/winnow/", "refs/pinned/")
            .lines()
            .filter(line -> !line.isEmpty())
            .map(line -> line.split(" ", 2))
            .map(pair -> new Ref(pair[0], pair[1]))
            .toList());
  }

  /**
   * Adds the objects and refs of the export to the mirrors of this data directory. A second time
   * changes nothing.
   */
  public static int read(Path dataDirectory, ReadArchive archive) throws IOException {
    List<String> abouts =
        archive.parts(PREFIX).stream().filter(name -> name.endsWith(ABOUT)).toList();
    for (String part : abouts) {
      String name = part.substring(PREFIX.length(), part.length() - ABOUT.length());
      About about = about(archive, part);
      if (!MirrorDirectory.isName(name) || !isValid(about)) {
        throw archive.damaged("its mirror " + name + " is not one of Winnow's");
      }
      MirrorDirectory mirror = MirrorDirectory.open(dataDirectory, name, about.objectFormat());
      fill(mirror, about, archive, PREFIX + name + PACK);
    }
    return abouts.size();
  }

  private static About about(ReadArchive archive, String part) throws IOException {
    try (InputStream in = archive.part(part)) {
      return Json.read(
          new String(in.readNBytes(LARGEST_ABOUT), StandardCharsets.UTF_8), About.class);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw archive.damaged(part + " cannot be read");
    }
  }

  private static boolean isValid(About about) {
    return about.objectFormat().matches("sha1|sha256")
        && about.shallow().stream().allMatch(ExportMirrors::isId)
        && about.refs().stream()
            .allMatch(ref ->
                isId(ref.id()) && ref.name().matches("refs/(winnow|pinned)/[A-Za-z0-9/._-]+"));
  }

  private static boolean isId(String id) {
    return id.matches("[0-9a-f]{40}|[0-9a-f]{64}");
  }

  private static void fill(MirrorDirectory mirror, About about, ReadArchive archive, String pack)
      throws IOException {
    mirror.locked(() -> {
      about.shallow().forEach(mirror::cutHistoryAt);
      return true;
    });
    try (InputStream in = archive.part(pack)) {
      PumpGit.write(mirror.git(), List.of("index-pack", "--stdin", "--strict"), in);
    }
    StringBuilder commands = new StringBuilder();
    for (Ref ref : about.refs()) {
      commands.append("update ").append(ref.name()).append(' ').append(ref.id()).append('\n');
    }
    Git.Result result =
        mirror
            .git()
            .run(
                commands.toString().getBytes(StandardCharsets.UTF_8),
                1 << 20,
                "update-ref",
                "--no-deref",
                "--stdin");
    if (result.status() != 0) {
      throw WinnowException.infrastructure(
          "The refs of mirror %s cannot be written: %s.".formatted(mirror.name(), result.reason()),
          null);
    }
  }
}
