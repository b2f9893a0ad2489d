package io.parsecbackup.testing;

import static io.parsecbackup.testing.FileFacts.names;
import static io.parsecbackup.testing.FileFacts.read;
import static io.parsecbackup.testing.FileFacts.sha256;
import static io.parsecbackup.testing.FileFacts.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks a repository with the documented format and standard tools only: everything that is
 * published must be whole. Shares no code with the program.
 */
public final class RepositoryProof {

  private static final Pattern SEAL = Pattern.compile("\"seal\" *: *\"([0-9a-f]{64})\"");
  private static final Pattern SUMS = Pattern.compile("\"sha256sums\" *: *\"([0-9a-f]{64})\"");

  private final Path root;

  public RepositoryProof(Path root) {
    this.root = root;
  }

  /** One line of an index segment or a journal. */
  public record Line(String key, long size, String sha256, String etag) {}

  /** The published backups, oldest first: the folders with a {@code backup.json}. */
  public List<String> backups() {
    Set<String> revoked = revoked();
    return names(root.resolve("backups")).stream()
        .filter(id -> !revoked.contains(id))
        .filter(id -> Files.exists(root.resolve("backups").resolve(id).resolve("backup.json")))
        .toList();
  }

  /** The runs over a bucket that lost their lock before they published: each says so. */
  private Set<String> revoked() {
    Path backups = root.resolve("backups");
    return names(backups).stream()
        .filter(id -> Files.exists(backups.resolve(id).resolve("revoked")))
        .filter(id -> Files.exists(backups.resolve(id).resolve("backup.json")))
        .filter(id ->
            read(backups.resolve(id).resolve("backup.json"))
                .matches("(?s).*\"revoked\" *: *true.*"))
        .collect(Collectors.toSet());
  }

  /** Each published backup is whole: seal, digests, dump, and every object that the index names. */
  public void allAreWhole() {
    backups().forEach(this::isWhole);
    objectsAreStored();
  }

  /** Every object that the index names has its bytes, in its place or displaced by newer ones. */
  public void objectsAreStored() {
    index()
        .values()
        .forEach(
            line -> assertTrue(isStored(line), line + " is neither in objects/ nor displaced"));
  }

  private boolean isStored(Line line) {
    Path displaced = root.resolve("conflicts").resolve(line.key()).resolve(line.sha256());
    return Stream.of(root.resolve("objects").resolve(line.key()), displaced)
        .anyMatch(file -> Files.exists(file) && sha256(file).equals(line.sha256()));
  }

  /** One published backup is whole, apart from its objects. */
  public void isWhole(String id) {
    Path folder = root.resolve("backups").resolve(id);
    String json = read(folder.resolve("backup.json"));
    Matcher seal = SEAL.matcher(json);
    assertTrue(seal.find(), json);
    String blank = json.substring(0, seal.start(1)) + "0".repeat(64) + json.substring(seal.end(1));
    assertEquals(seal.group(1), sha256(blank.getBytes(StandardCharsets.UTF_8)), json);
    Matcher sums = SUMS.matcher(json);
    assertTrue(sums.find(), json);
    assertEquals(sums.group(1), sha256(folder.resolve("SHA256SUMS")), id);
    succeeds(root, "sha256sum", "-c", "--strict", "backups/" + id + "/SHA256SUMS");
    String named = read(folder.resolve("SHA256SUMS"));
    boolean isFolder = Files.isDirectory(folder.resolve("database"));
    String file = "backups/" + id + (isFolder ? "/database" : "/database.dump");
    assertTrue(named.contains("  " + file + (isFolder ? "/toc.dat\n" : "\n")), named);
    assertTrue(named.contains("  index/" + id + ".tsv\n"), named);
    String dump = succeeds(root, "pg_restore", "--list", file);
    assertTrue(dump.contains("TABLE DATA public block "), dump);
  }

  /** The newest backup holds the bucket and nothing else, and nothing unfinished is left. */
  public void holds(S3Bucket bucket) {
    TreeComparison objects = TreeComparison.of(root.resolve("objects"), bucket);
    assertTrue(objects.isExact(), objects.toString());
    Map<String, Line> index = index();
    assertEquals(Set.copyOf(bucket.list()), index.keySet());
    index.forEach((key, line) -> {
      assertEquals(sha256(bucket.get(key).orElseThrow()), line.sha256(), key);
      assertEquals(bucket.object(key).orElseThrow().etag(), line.etag(), key);
    });
    assertEquals(List.of(), names(RepositoryPlace.scratch(root)));
    Set<String> revoked = revoked();
    assertEquals(
        backups(),
        names(root.resolve("backups")).stream().filter(id -> !revoked.contains(id)).toList());
    assertEquals(
        backups(),
        names(root.resolve("index")).stream()
            .filter(name -> !name.contains(".merged."))
            .map(RepositoryProof::id)
            .filter(id -> !revoked.contains(id))
            .toList());
    for (String run : names(root.resolve("runs"))) {
      String record = read(root.resolve("runs").resolve(run));
      boolean published = backups().contains(id(run));
      assertEquals(
          published, record.matches("(?s).*\"state\" : \"(in)?complete\".*"), run + ": " + record);
    }
  }

  /** The lines of the published segments; if several name a key, the newest line. */
  public Map<String, Line> index() {
    Map<String, Line> index = new TreeMap<>();
    for (String id : backups()) {
      Set<String> keys = new TreeSet<>();
      for (Line line : lines(root.resolve("index").resolve(id + ".tsv"))) {
        assertTrue(keys.add(line.key()), id + " names " + line.key() + " twice");
        index.put(line.key(), line);
      }
    }
    return index;
  }

  /**
   * What the next run must fetch, and nothing else: the objects whose file is missing, or differs
   * from the index or from the journal of a dead run.
   */
  public List<String> toFetch(S3Bucket bucket) {
    Map<String, List<Line>> known = new TreeMap<>();
    index().values().forEach(line -> note(known, line));
    for (String run : names(RepositoryPlace.scratch(root))) {
      Path journal = RepositoryPlace.scratch(root).resolve(run).resolve("journal.tsv");
      if (Files.exists(journal)) {
        lines(journal).forEach(line -> note(known, line));
      }
    }
    return bucket.objects().entrySet().stream()
        .filter(object -> !isHeld(object.getKey(), object.getValue(), known))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private boolean isHeld(String key, StoredObject object, Map<String, List<Line>> known) {
    Path file = root.resolve("objects").resolve(key);
    if (!Files.exists(file)) {
      return false;
    }
    String sha256 = sha256(file);
    return known.getOrDefault(key, List.of()).stream()
        .anyMatch(line -> line.sha256().equals(sha256) && line.etag().equals(object.etag()));
  }

  private static void note(Map<String, List<Line>> known, Line line) {
    known.computeIfAbsent(line.key(), key -> new ArrayList<>()).add(line);
  }

  /** The digests of all published files, which must never change. */
  public Map<String, String> published() {
    Map<String, String> digests = new TreeMap<>();
    for (String id : backups()) {
      for (String name : names(root.resolve("backups").resolve(id))) {
        String file = "backups/" + id + "/" + name;
        if (Files.isDirectory(root.resolve(file))) {
          names(root.resolve(file))
              .forEach(
                  part -> digests.put(file + "/" + part, sha256(root.resolve(file).resolve(part))));
        } else {
          digests.put(file, sha256(root.resolve(file)));
        }
      }
      digests.put("index/" + id + ".tsv", sha256(root.resolve("index/" + id + ".tsv")));
    }
    Path identity = root.resolve("parsec-backup.json");
    if (Files.exists(identity)) {
      digests.put("parsec-backup.json", sha256(identity));
    }
    return digests;
  }

  /** Everything that was published before is unchanged. */
  public void isUntouched(Map<String, String> before) {
    Map<String, String> now = published();
    now.keySet().retainAll(before.keySet());
    assertEquals(before, now);
  }

  /** The digests of all files, by their paths. */
  public Map<String, String> everything() {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> digests.put(root.relativize(file).toString(), sha256(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digests;
  }

  /** The whole lines of a segment or a journal, keys without escapes. */
  public static List<Line> lines(Path file) {
    return read(file)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .filter(columns -> columns.length >= 6 && columns[5].matches("covered|open"))
        .map(columns -> new Line(columns[0], Long.parseLong(columns[1]), columns[2], columns[3]))
        .toList();
  }

  private static String id(String name) {
    return name.substring(0, name.indexOf('.'));
  }
}
