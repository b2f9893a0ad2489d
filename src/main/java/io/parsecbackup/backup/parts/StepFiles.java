package io.parsecbackup.backup.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files that one step of a planned run leaves for the next ones. A document of the step has
 * their digests.
 *
 * @param folder their names begin with it
 */
record StepFiles(Storage storage, String folder) {

  private static final String FIELD = "files";

  /** Moves scratch files to the storage, which need a flush, and adds their digests. */
  void put(Map<String, Path> files, ObjectNode document) throws IOException {
    ObjectNode digests = document.putObject(FIELD);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String sha256 = Sha256.of(file.getValue());
      storage.putUnflushed(
          NewFile.replacing(name(file.getKey()), Content.of(file.getValue(), sha256)));
      digests.put(file.getKey(), sha256);
    }
  }

  /** All files of the step, as local files. */
  Map<String, Path> local(JsonNode document) throws IOException {
    return local(document, "");
  }

  /**
   * The files whose names begin with {@code prefix}, by the rest of their names.
   *
   * @throws io.parsecbackup.repository.storage.DigestMismatchException when one is damaged
   */
  Map<String, Path> local(JsonNode document, String prefix) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : document.path(FIELD).properties()) {
      String rest =
          file.getKey().startsWith(prefix) ? file.getKey().substring(prefix.length()) : "";
      if (!rest.isEmpty() && rest.indexOf('/') < 0) {
        files.put(rest, storage.local(name(file.getKey()), Optional.of(file.getValue().asText())));
      }
    }
    return files;
  }

  private String name(String file) {
    return folder + "/" + file;
  }
}
