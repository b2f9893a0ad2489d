package io.parsecbackup.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.job.Json;
import java.util.Map;
import java.util.TreeMap;

/**
 * The duration of each phase of a run, stored in the run's record under {@code runs/}. {@code
 * backup.json} does not contain it, because it describes the run and not the backup.
 */
public final class PhaseTimes {

  private static final String FIELD = "phaseSeconds";

  private PhaseTimes() {}

  /** The record of a run that has ended, with the seconds of each phase. */
  public static ObjectNode record(Backup ended, Map<String, Double> seconds) {
    ObjectNode record = BackupJson.toJson(ended);
    record.set(FIELD, Json.of(seconds));
    return record;
  }

  /** The seconds of each phase; empty if the record does not contain them, as after a kill. */
  static Map<String, Double> of(JsonNode record) {
    Map<String, Double> seconds = new TreeMap<>();
    record
        .path(FIELD)
        .properties()
        .forEach(one -> seconds.put(one.getKey(), one.getValue().asDouble()));
    return seconds;
  }
}
