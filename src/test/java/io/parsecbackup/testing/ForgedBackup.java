package io.parsecbackup.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A forged backup with valid seals and digests. */
public record ForgedBackup(Path repository, String id) {

  /**
   * A copy of backup {@code of} under another id, with an empty index segment.
   *
   * @param missing lines of its missing.txt; if empty, the backup is complete
   */
  public static ForgedBackup copy(Path repository, String of, String id, List<String> missing)
      throws IOException {
    Path from = repository.resolve("backups/" + of);
    Path to = Files.createDirectory(repository.resolve("backups/" + id));
    for (String file : List.of("database.dump", "references.tsv")) {
      Files.copy(from.resolve(file), to.resolve(file));
    }
    if (!missing.isEmpty()) {
      Files.write(to.resolve("missing.txt"), missing);
    }
    String header = Files.readAllLines(repository.resolve("index/" + of + ".tsv")).getFirst();
    Files.writeString(repository.resolve("index/" + id + ".tsv"), header + "\n");
    ObjectNode document = SealedJson.open(Files.readAllBytes(from.resolve("backup.json"))).get();
    document.put("id", id).put("state", missing.isEmpty() ? "complete" : "incomplete");
    Files.write(to.resolve("backup.json"), SealedJson.seal(document));
    ForgedBackup forged = new ForgedBackup(repository, id);
    forged.seal(List.of());
    return forged;
  }

  public Path folder() {
    return repository.resolve("backups/" + id);
  }

  public Path segment() {
    return repository.resolve("index/" + id + ".tsv");
  }

  /** Writes SHA256SUMS for its files, adds the lines {@code more}, and seals the document again. */
  public void seal(List<String> more) throws IOException {
    List<String> sums = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder())) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("backup.json") && !name.equals("SHA256SUMS")) {
          sums.add(FileFacts.sha256(file) + "  backups/" + id + "/" + name);
        }
      }
    }
    sums.add(FileFacts.sha256(segment()) + "  index/" + id + ".tsv");
    sums.addAll(more);
    Files.write(folder().resolve("SHA256SUMS"), sums);
    rewrite(
        document -> document.put("sha256sums", FileFacts.sha256(folder().resolve("SHA256SUMS"))));
  }

  /** Changes the backup's document and seals it again. */
  public void rewrite(Consumer<ObjectNode> change) throws IOException {
    Path json = folder().resolve("backup.json");
    ObjectNode document = SealedJson.open(Files.readAllBytes(json)).orElseThrow();
    change.accept(document);
    Files.write(json, SealedJson.seal(document));
  }
}
