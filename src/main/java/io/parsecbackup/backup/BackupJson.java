package io.parsecbackup.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** {@link Backup} as the JSON that files, REST and the command line share. */
public final class BackupJson {

  private static final Logger LOG = Logger.getLogger(BackupJson.class);

  /**
   * For whatever is printed as JSON: ISO times, absent what is empty, unknown fields of newer
   * versions passed over.
   */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private BackupJson() {}

  public static ObjectNode toJson(Backup backup) {
    return MAPPER.valueToTree(backup);
  }

  /** Java's records take what is absent in JSON for null. */
  private static boolean isWhole(Backup backup) {
    return Stream.of(backup.id(), backup.state(), backup.startedAt()).noneMatch(Objects::isNull)
        && backup.dump().stream()
            .flatMap(dump -> Stream.of(dump.file(), dump.format(), dump.sha256()))
            .noneMatch(Objects::isNull)
        && backup.objects().stream().map(Backup.ObjectCounts::strategy).noneMatch(Objects::isNull);
  }

  /** The backup in {@code json}, or empty when it is none. */
  public static Optional<Backup> fromJson(JsonNode json) {
    try {
      return Optional.of(MAPPER.treeToValue(json, Backup.class)).filter(BackupJson::isWhole);
    } catch (JsonProcessingException e) {
      LOG.warnf("a document of the repository is no backup: %s", e.getOriginalMessage());
      return Optional.empty();
    }
  }
}
