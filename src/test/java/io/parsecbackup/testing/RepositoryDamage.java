package io.parsecbackup.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Every kind of damage that a disk or a person can do to a repository. */
public final class RepositoryDamage {

  private RepositoryDamage() {}

  /** Does the damage. */
  public interface Action {
    void inflict(Path repository) throws IOException;
  }

  /**
   * One kind of damage.
   *
   * @param findings what must be reported: a key or path, and the word for its damage
   */
  public record Damage(String name, Map<String, String> findings, Action action) {

    public void inflict(Path repository) throws IOException {
      action.inflict(repository);
    }
  }

  /** Every kind, for the only backup of a repository with at least two objects. */
  public static List<Damage> all(String id, Collection<String> keys) {
    List<String> objects = List.copyOf(keys);
    String first = objects.get(0);
    String second = objects.get(1);
    List<Damage> all = new ArrayList<>();
    all.addAll(ofFile("an object", "objects/" + first, first, true));
    all.add(
        new Damage(
            "a swapped pair of objects",
            Map.of(first, "digest", second, "digest"),
            repository -> {
              Path a = repository.resolve("objects").resolve(first);
              Path b = repository.resolve("objects").resolve(second);
              Path aside = repository.resolve("aside");
              Files.move(a, aside);
              Files.move(b, a);
              Files.move(aside, b);
            }));
    for (String file : List.of("database.dump", "SHA256SUMS")) {
      String path = "backups/" + id + "/" + file;
      all.addAll(ofFile(file, path, path, false));
    }
    for (String file : List.of("references.tsv", "rows.tsv")) {
      String path = "backups/" + id + "/" + file;
      all.add(new Damage("a flipped bit in " + file, Map.of(path, "digest"), at(path, true)));
    }
    String json = "backups/" + id + "/backup.json";
    all.add(new Damage("a flipped bit in backup.json", Map.of(json, "digest"), at(json, true)));
    all.add(new Damage("a truncated backup.json", Map.of(json, "digest"), at(json, false)));
    all.add(
        new Damage(
            "backup.json missing",
            Map.of(json, "lost"),
            repository -> Files.delete(repository.resolve(json))));
    String index = "index/" + id + ".tsv";
    all.addAll(ofFile("the index", index, index, false));
    return all;
  }

  private static List<Damage> ofFile(String name, String path, String key, boolean sized) {
    return List.of(
        new Damage("a flipped bit in " + name, Map.of(key, "digest"), at(path, true)),
        new Damage(name + " truncated", Map.of(key, sized ? "size" : "digest"), at(path, false)),
        new Damage(
            name + " missing",
            Map.of(key, "lost"),
            repository -> Files.delete(repository.resolve(path))));
  }

  private static Action at(String path, boolean flip) {
    return repository -> {
      Path file = repository.resolve(path);
      if (flip) {
        flip(file);
      } else {
        truncate(file);
      }
    };
  }

  /** Flips one bit in the middle of a file. */
  public static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /** Removes the last byte of a file. */
  public static void truncate(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
  }
}
