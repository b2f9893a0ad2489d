package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The results of all verifications, drills and restores: {@code checks/<id>-<kind>.json}, one
 * sealed document each.
 */
public final class CheckRecords {

  private static final Pattern NAME = Pattern.compile("([0-9TZ]{16})-([a-z]+)\\.json");

  private final Storage storage;
  private final Documents documents;

  CheckRecords(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /** A job's id and kind. */
  public record Name(RunId id, String kind) {}

  /** Writes a job's record and replaces an earlier one. Needs the shared lock. */
  public void write(Name name, ObjectNode document) throws IOException {
    storage.put(
        NewFile.replacing(
            Layout.check(name.id(), name.kind()), Content.of(SealedJson.seal(document))));
  }

  /** The names of all records, newest first. */
  public List<Name> names() throws IOException {
    return names(storage).stream().sorted(Comparator.comparing(Name::id).reversed()).toList();
  }

  /** The paths, from the root, of records that cannot be read or do not match their seals. */
  public List<String> damaged() throws IOException {
    return names().stream()
        .filter(name -> read(name).isEmpty())
        .map(name -> Layout.check(name.id(), name.kind()))
        .toList();
  }

  /** A job's record; empty if it does not exist, is damaged or cannot be read. */
  public Optional<ObjectNode> read(Name name) {
    return documents.sealed(Layout.check(name.id(), name.kind()));
  }

  static List<RunId> ids(Storage storage) throws IOException {
    return names(storage).stream().map(Name::id).toList();
  }

  private static List<Name> names(Storage storage) throws IOException {
    List<Name> names = new ArrayList<>();
    for (String file : storage.children(Layout.CHECKS)) {
      Matcher name = NAME.matcher(file);
      if (name.matches()) {
        RunId.parse(name.group(1)).ifPresent(id -> names.add(new Name(id, name.group(2))));
      }
    }
    return names;
  }
}
