package io.parsecbackup.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.job.Json;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Backups as JSON documents. */
public final class BackupJson {

  private static final Logger LOG = Logger.getLogger(BackupJson.class);

  private BackupJson() {}

  public static ObjectNode toJson(Backup backup) {
    return Json.of(backup);
  }

  /** A value that is absent in JSON is null in a record. */
  private static boolean isWhole(Backup backup) {
    return Stream.of(backup.id(), backup.state(), backup.startedAt()).noneMatch(Objects::isNull)
        && backup.dump().stream()
            .flatMap(dump -> Stream.of(dump.file(), dump.format(), dump.sha256()))
            .noneMatch(Objects::isNull)
        && backup.objects().stream().map(Backup.ObjectCounts::strategy).noneMatch(Objects::isNull);
  }

  /** The backup in {@code json}; empty if it is not a backup. */
  public static Optional<Backup> fromJson(JsonNode json) {
    try {
      return Optional.of(Json.read(json, Backup.class)).filter(BackupJson::isWhole);
    } catch (JsonProcessingException e) {
      LOG.warnf("a document of the repository is not a backup: %s", e.getOriginalMessage());
      return Optional.empty();
    }
  }
}
