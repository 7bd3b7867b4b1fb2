package dev.winnow.agent;

import dev.winnow.Json;
import dev.winnow.checkpoint.CheckpointManager;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** A journal in memory, as strict as the real one: results survive only as JSON. */
final class TestJournal implements CheckpointManager {

  private record Entry(String input, String result) {}

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  @Override
  public <T> T step(String key, Object input, Class<T> type, Callable<T> work) {
    String in = Json.write(input);
    Entry recorded = entries.get(key);
    if (recorded != null) {
      if (!recorded.input().equals(in)) {
        throw new IllegalStateException("step " + key + " was recorded with another input");
      }
      return Json.read(recorded.result(), type);
    }
    try {
      T result = work.call();
      entries.put(key, new Entry(in, Json.write(result)));
      return Json.read(Json.write(result), type);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  Set<String> keys() {
    return entries.keySet();
  }
}
