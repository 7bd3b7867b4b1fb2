package dev.winnow.spec.conductor;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.spec.Spec;
import dev.winnow.spec.WriteMarkdown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Conductor directory of a project. */
public final class ConductorFiles {

  private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)]\\(([^)\\s]+)\\)");
  private static final int SHORT_NAME_CHARS = 40;

  /**
   * A track as it is on disk.
   *
   * @param notice what does not fit together, one line, or empty
   */
  public record Track(
      String id,
      String description,
      Marker marker,
      Path spec,
      Path plan,
      Path metadata,
      String notice) {}

  private final ConfinedDirectory directory;
  private final Path tracks;

  private ConductorFiles(ConfinedDirectory directory) {
    this.directory = directory;
    this.tracks =
        linked(directory.root().resolve("index.md"), "tracks.md", "tracks registry")
            .orElse(directory.root().resolve("tracks.md"));
  }

  /**
   * Opens the directory of a project.
   *
   * @param path the project, or its {@code conductor} directory itself
   * @throws WinnowException of category USAGE when there is none
   */
  public static ConductorFiles open(Path path) {
    Path conductor = place(path);
    if (!Files.isDirectory(conductor)) {
      throw WinnowException.usage(
          "There is no Conductor directory %s: make a track with 'winnow plan --track DIR'."
              .formatted(conductor));
    }
    try {
      return new ConductorFiles(new ConfinedDirectory(conductor));
    } catch (IOException e) {
      throw WinnowException.infrastructure("Cannot read " + conductor + ".", e);
    }
  }

  /** The same, made when it is not there. */
  public static ConductorFiles create(Path path) {
    Path conductor = place(path);
    try {
      Files.createDirectories(conductor);
      ConfinedDirectory directory = new ConfinedDirectory(conductor);
      if (directory.read(directory.root().resolve("index.md")).isEmpty()) {
        directory.create(
            directory.root().resolve("index.md"),
            """
            # Project Context

            ## Management
            - [Tracks Registry](./tracks.md)
            - [Tracks Directory](./tracks/)
            """);
      }
      ConductorFiles files = new ConductorFiles(directory);
      if (directory.read(files.tracks).isEmpty()) {
        directory.create(
            files.tracks,
            """
            # Project Tracks

            This file tracks all major tracks for the project. Each track has its own detailed plan in its respective folder.
            """);
      }
      return files;
    } catch (IOException e) {
      throw WinnowException.usage("Cannot make %s: %s.".formatted(conductor, e.getMessage()));
    }
  }

  private static Path place(Path path) {
    boolean itself =
        path.endsWith("conductor")
            || (Files.isRegularFile(path.resolve("tracks.md"))
                && !Files.isDirectory(path.resolve("conductor")));
    return itself ? path : path.resolve("conductor");
  }

  /** The file that an index links to, by the link's path or its words. */
  private Optional<Path> linked(Path index, String name, String words) {
    String text = directory.read(index).map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
    Matcher link = LINK.matcher(text);
    while (link.find()) {
      String path = link.group(2);
      boolean local = !path.matches("[a-z][a-z0-9+.-]*:.*") && !path.startsWith("#");
      if (local
          && (path.endsWith("/" + name)
              || path.equals(name)
              || link.group(1).toLowerCase(Locale.ROOT).equals(words))) {
        Path found = directory.resolve(Objects.requireNonNull(index.getParent()), path);
        if (Files.isRegularFile(found)) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }

  public List<TracksFile.Entry> entries() {
    return directory
        .read(tracks)
        .map(content -> new TracksFile(content).entries())
        .orElse(List.of());
  }

  /**
   * Finds a track by its id, its short name, or the beginning of either.
   *
   * @throws WinnowException of category USAGE when none or several match, or files are missing
   */
  public Track track(String id) {
    List<TracksFile.Entry> entries = entries();
    List<TracksFile.Entry> found = entries.stream().filter(e -> e.id().equals(id)).toList();
    if (found.isEmpty()) {
      found =
          entries.stream()
              .filter(e -> !e.id().isEmpty() && !id.isEmpty() && e.id().startsWith(id))
              .toList();
    }
    if (found.size() != 1) {
      throw WinnowException.usage(
          "%s track '%s' in %s; there are: %s."
              .formatted(
                  found.isEmpty() ? "There is no" : "More than one",
                  id.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?"),
                  tracks,
                  entries.isEmpty()
                      ? "none"
                      : String.join(", ", entries.stream().map(TracksFile.Entry::id).toList())));
    }
    return track(found.getFirst());
  }

  private Track track(TracksFile.Entry entry) {
    Path linked = directory.resolve(home(), entry.link());
    Path own = Files.isRegularFile(linked) ? Objects.requireNonNull(linked.getParent()) : linked;
    Path index = own.resolve("index.md");
    Path spec = linked(index, "spec.md", "specification").orElse(own.resolve("spec.md"));
    Path plan = linked(index, "plan.md", "implementation plan").orElse(own.resolve("plan.md"));
    Path metadata = linked(index, "metadata.json", "metadata").orElse(own.resolve("metadata.json"));
    return new Track(
        entry.id(),
        entry.description(),
        entry.marker(),
        spec,
        plan,
        metadata,
        disagreement(entry, metadata));
  }

  private Path home() {
    return Objects.requireNonNull(tracks.getParent());
  }

  /** What people see in {@code tracks.md} counts. */
  private String disagreement(TracksFile.Entry entry, Path file) {
    Optional<byte[]> content = directory.read(file);
    if (content.isEmpty()) {
      return "";
    }
    MetadataFile metadata = new MetadataFile(content.get());
    Optional<String> id = metadata.value("track_id");
    Optional<String> status = metadata.value("status");
    if (id.isEmpty() || status.isEmpty()) {
      return "metadata.json of track %s is broken or lacks track_id and status; it is left as it is."
          .formatted(entry.id());
    }
    if (!id.get().equals(entry.id())) {
      return "metadata.json of track %s says it is track %s; tracks.md counts."
          .formatted(entry.id(), shortened(id.get()));
    }
    boolean same =
        status.get().equals(entry.marker().status())
            || (entry.marker() == Marker.OPEN && status.get().equals("planned"));
    return same
        ? ""
        : "metadata.json of track %s says %s, tracks.md says %s; tracks.md counts."
            .formatted(entry.id(), shortened(status.get()), entry.marker().status());
  }

  private static String shortened(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return line.length() <= 60 ? line : line.substring(0, 59) + "…";
  }

  /** The text of a track's spec; empty when there is none. */
  public String spec(Track track) {
    return directory.read(track.spec()).map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
  }

  /**
   * @throws WinnowException of category USAGE when there is none
   */
  public PlanFile plan(Track track) {
    return new PlanFile(
        directory
            .read(track.plan())
            .orElseThrow(() ->
                WinnowException.usage(
                    "Track %s has no plan: there is no %s.".formatted(track.id(), track.plan()))));
  }

  /**
   * Marks a task with the commit that did it, and the track with how far it is.
   *
   * @return false when the task is not open any more
   */
  public boolean markDone(Track track, String phase, String task, String commit, Instant now) {
    List<Boolean> marked = new ArrayList<>();
    directory.change(
        track.plan(),
        content -> {
          PlanFile plan = new PlanFile(content);
          marked.add(plan.markDone(phase, task, commit));
          return plan.bytes();
        });
    if (!marked.getLast()) {
      return false;
    }
    Marker marker = plan(track).isDone() ? Marker.DONE : Marker.IN_PROGRESS;
    directory.change(
        tracks,
        content -> {
          TracksFile file = new TracksFile(content);
          file.entries().stream()
              .filter(e -> e.id().equals(track.id()))
              .findFirst()
              .ifPresent(e -> file.mark(e, marker));
          return file.bytes();
        });
    if (directory.read(track.metadata()).isPresent()) {
      directory.change(
          track.metadata(),
          content -> {
            MetadataFile metadata = new MetadataFile(content);
            boolean _ = metadata.set("status", marker.status());
            boolean _ = metadata.set("updated_at", seconds(now));
            return metadata.bytes();
          });
    }
    return true;
  }

  /**
   * Writes a new track.
   *
   * @param shortName empty for one from the title
   * @return its id
   * @throws WinnowException of category USAGE when a track has the short name already
   */
  public String add(Spec spec, Optional<String> shortName, LocalDate today, Instant now) {
    String name = shortName.orElseGet(() -> slug(spec.title()));
    if (!name.matches("[a-z0-9][a-z0-9-]{0,59}")) {
      throw WinnowException.usage(
          "'%s' is no short name: use small letters, digits and dashes."
              .formatted(shortened(name)));
    }
    Path parent = directory.resolve(home(), "tracks");
    requireFree(name, parent);
    String id = name + "_" + today.format(DateTimeFormatter.BASIC_ISO_DATE);
    Path own = directory.resolve(parent, id);
    directory.create(
        own.resolve("index.md"),
        """
        # Track %s Context

        - [Specification](./spec.md)
        - [Implementation Plan](./plan.md)
        - [Metadata](./metadata.json)
        """
            .formatted(id));
    directory.create(own.resolve("spec.md"), WriteMarkdown.spec(spec));
    directory.create(own.resolve("plan.md"), WriteMarkdown.plan(spec));
    String description = spec.title().replaceAll("\\s+", " ").replace("*", "").strip();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("track_id", id);
    metadata.put("type", "feature");
    metadata.put("status", Marker.OPEN.status());
    metadata.put("created_at", seconds(now));
    metadata.put("updated_at", seconds(now));
    metadata.put("description", description);
    directory.create(own.resolve("metadata.json"), pretty(metadata));
    // last: a track that is listed is whole
    directory.change(
        tracks,
        content -> {
          TracksFile file = new TracksFile(content);
          file.add(description, "./tracks/" + id + "/");
          return file.bytes();
        });
    return id;
  }

  private void requireFree(String name, Path parent) {
    List<String> taken = new ArrayList<>(entries().stream().map(TracksFile.Entry::id).toList());
    if (Files.isDirectory(parent)) {
      try (var names = Files.list(parent)) {
        names.forEach(path -> taken.add(String.valueOf(path.getFileName())));
      } catch (IOException e) {
        throw WinnowException.infrastructure("Cannot read " + parent + ".", e);
      }
    }
    for (String id : taken) {
      if (id.replaceFirst("_\\d{8}$", "").equals(name)) {
        throw WinnowException.usage(
            "There is a track with the short name '%s' already (%s): give --short-name another one."
                .formatted(name, id));
      }
    }
  }

  private static String slug(String title) {
    String ascii =
        Normalizer.normalize(title, Normalizer.Form.NFKD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+|-+$", "");
    String cut = ascii.substring(0, Math.min(SHORT_NAME_CHARS, ascii.length()));
    String slug = cut.replaceAll("-+$", "");
    return slug.isEmpty() ? "track" : slug;
  }

  private static String seconds(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String pretty(Map<String, Object> values) {
    // by hand, because the mapper sorts
    StringBuilder text = new StringBuilder("{\n");
    values.forEach((key, value) ->
        text.append(text.length() > 2 ? ",\n" : "")
            .append("  ")
            .append(Json.write(key))
            .append(": ")
            .append(Json.write(value)));
    return text.append("\n}\n").toString();
  }
}
