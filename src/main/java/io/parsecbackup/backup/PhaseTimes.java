package io.parsecbackup.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.job.Json;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long each phase of a run took, in its record under {@code runs/}: it is about the run, so the
 * backup's own document has nothing of it.
 */
public final class PhaseTimes {

  private static final String FIELD = "phaseSeconds";

  private PhaseTimes() {}

  /** The record of a run that has ended, by {@link Progress.Phase}'s words. */
  public static ObjectNode record(Backup ended, Map<String, Double> seconds) {
    ObjectNode record = BackupJson.toJson(ended);
    record.set(FIELD, Json.of(seconds));
    return record;
  }

  /** Of a record; empty where it has none, as those of killed runs. */
  static Map<String, Double> of(JsonNode record) {
    Map<String, Double> seconds = new TreeMap<>();
    record
        .path(FIELD)
        .properties()
        .forEach(one -> seconds.put(one.getKey(), one.getValue().asDouble()));
    return seconds;
  }
}
