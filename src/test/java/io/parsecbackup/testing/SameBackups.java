package io.parsecbackup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares two repositories with backups of the same source, file by file: the names of all files
 * outside {@code tmp/} and {@code lock}, with ids numbered in their order; and the bytes of each
 * file, with these exceptions:
 *
 * <ul>
 *   <li>of {@code backup.json}, all fields except the id, times, the digests and the seal,
 *   <li>of {@code SHA256SUMS}, all lines except the digest of the dump,
 *   <li>of the dump, what {@code pg_restore} makes of it, because pg_dump writes the time into it,
 *   <li>of the records of runs only the state, and of {@code parsec-backup.json} nothing.
 * </ul>
 */
public record SameBackups(Map<String, String> expected, Map<String, String> actual) {

  private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OF_ONE_RUN =
      List.of("id", "startedAt", "finishedAt", "snapshotAt", "sha256sums", "seal");

  public static SameBackups of(Path expected, Path actual) {
    return new SameBackups(files(expected), files(actual));
  }

  public void areTheSame() {
    assertEquals(String.join("\n", expected.keySet()), String.join("\n", actual.keySet()));
    expected.forEach((name, content) -> assertEquals(content, actual.get(name), name));
  }

  private static Map<String, String> files(Path root) {
    List<String> ids = new ArrayList<>();
    try (Stream<Path> backups = Files.list(root.resolve("backups"))) {
      backups.map(folder -> folder.getFileName().toString()).sorted().forEach(ids::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile)
          .filter(file -> !root.relativize(file).toString().matches("lock|tmp/.*"))
          .forEach(file ->
              files.put(numbered(root.relativize(file).toString(), ids), content(file, ids)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static String numbered(String text, List<String> ids) {
    return ID.matcher(text).replaceAll(id -> "backup-" + ids.indexOf(id.group()));
  }

  private static String content(Path file, List<String> ids) {
    try {
      return switch (file.getFileName().toString()) {
        case "parsec-backup.json" -> "";
        case "backup.json" -> document(file);
        case "SHA256SUMS" ->
            numbered(Files.readString(file), ids)
                .replaceAll("(?m)^[0-9a-f]{64}(  .*database.dump)$", "…$1");
        case "database.dump" -> sql(file);
        default ->
            file.toString().contains("/runs/")
                ? JSON.readTree(file.toFile()).path("state").asText()
                : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    + (file.toString().contains("/objects/")
                            && RepositoryPlace.kind() == RepositoryPlace.Kind.FOLDER
                        ? Files.getLastModifiedTime(file).toString()
                        : "");
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String document(Path file) throws IOException {
    ObjectNode document = (ObjectNode) JSON.readTree(file.toFile());
    document.remove(OF_ONE_RUN);
    ((ObjectNode) document.path("dump")).remove("sha256");
    if (document.path("objects") instanceof ObjectNode objects) {
      objects.remove("comparedAt");
    }
    return document.toPrettyString();
  }

  private static String sql(Path dump) throws IOException {
    Process restore =
        new ProcessBuilder("pg_restore", "--file=-", dump.toString())
            .redirectErrorStream(true)
            .start();
    return new String(restore.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }
}
