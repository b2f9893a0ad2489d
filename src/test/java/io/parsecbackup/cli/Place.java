package io.parsecbackup.cli;

import io.parsecbackup.testing.FaultyProxy;
import io.parsecbackup.testing.PackagedProgram;
import io.parsecbackup.testing.PackagedProgram.Ended;
import io.parsecbackup.testing.ParsecStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A repository and the environment of a program that backs up into it.
 *
 * @param environment may be changed by the test
 */
record Place(Path repository, Map<String, String> environment) {

  static Place of(ParsecStack stack, Path repository) {
    Map<String, String> environment = new TreeMap<>(stack.environment());
    environment.put("PARSEC_BACKUP_REPOSITORY", repository.toString());
    return new Place(repository, environment);
  }

  /** With the proxy in front of the bucket. */
  static Place through(FaultyProxy proxy, ParsecStack stack, Path repository) {
    return of(stack, repository)
        .with("PARSEC_BLOCKSTORE", stack.blockstore(proxy.endpoint().toString()));
  }

  Place with(String key, String value) {
    Map<String, String> changed = new TreeMap<>(environment);
    changed.put(key, value);
    return new Place(repository, changed);
  }

  Place with(Map<String, String> more) {
    Map<String, String> changed = new TreeMap<>(environment);
    changed.putAll(more);
    return new Place(repository, changed);
  }

  /** With the strategy listing, which includes unreferenced objects. */
  Place byListing() {
    return with("PARSEC_BACKUP_SYNC_STRATEGY", "listing");
  }

  Ended run(String... arguments) {
    return PackagedProgram.run(environment, arguments);
  }

  PackagedProgram start(String... arguments) {
    return PackagedProgram.start(environment, arguments);
  }

  Path objects() {
    return repository.resolve("objects");
  }

  /** The ids of the published backups. */
  List<String> published() {
    Path backups = repository.resolve("backups");
    if (!Files.isDirectory(backups)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(backups)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All small text files of the repository: records, documents, lists. */
  String texts() {
    try (Stream<Path> files = Files.walk(repository)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!file.startsWith(objects()) && !name.startsWith("database.")) {
          all.append(Files.readString(file)).append('\n');
        }
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
