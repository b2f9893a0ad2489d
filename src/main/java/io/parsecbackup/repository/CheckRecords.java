package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of every verification, drill and restore: {@code checks/<id>-<kind>.json}, one sealed
 * document each.
 */
public final class CheckRecords {

  private static final Pattern NAME = Pattern.compile("([0-9TZ]{16})-([a-z]+)\\.json");

  private final Layout layout;
  private final StableStorage storage;

  CheckRecords(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /** Which job, and what kind of one. */
  public record Name(RunId id, String kind) {}

  /** Writes a job's record, in place of the one it may have. A share of the lock is enough. */
  public void write(Name name, ObjectNode document) throws IOException {
    layout.files().createFolders(layout.checks());
    storage.publish(
        layout.unnamedCheck(name.id()),
        layout.check(name.id(), name.kind()),
        SealedJson.seal(document));
  }

  /** All jobs with a record, newest first. */
  public List<Name> names() throws IOException {
    return names(layout).stream().sorted(Comparator.comparing(Name::id).reversed()).toList();
  }

  /** Records that cannot be read or do not match their seals, by their paths from the root. */
  public List<String> damaged() throws IOException {
    return names().stream()
        .filter(name -> read(name).isEmpty())
        .map(name -> layout.relative(layout.check(name.id(), name.kind())))
        .toList();
  }

  /** A job's record, or empty when there is none, it is damaged or cannot be read. */
  public Optional<ObjectNode> read(Name name) {
    return layout.files().sealed(layout.check(name.id(), name.kind()));
  }

  static List<RunId> ids(Layout layout) throws IOException {
    return names(layout).stream().map(Name::id).toList();
  }

  private static List<Name> names(Layout layout) throws IOException {
    List<Name> names = new ArrayList<>();
    for (Path file : layout.files().list(layout.checks(), name -> NAME.matcher(name).matches())) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (name.matches()) {
        RunId.parse(name.group(1)).ifPresent(id -> names.add(new Name(id, name.group(2))));
      }
    }
    return names;
  }
}
