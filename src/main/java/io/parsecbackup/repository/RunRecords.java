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
import java.util.List;
import java.util.Optional;

/** The results of all runs, also failed ones: {@code runs/<id>.json}, one sealed document each. */
public final class RunRecords {

  private final Storage storage;
  private final Documents documents;

  RunRecords(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /** Writes a run's record and replaces an earlier one. */
  public void write(RunId id, ObjectNode document) throws IOException {
    storage.put(NewFile.replacing(Layout.run(id), Content.of(SealedJson.seal(document))));
  }

  /** Ids of all runs with a record, oldest first. */
  public List<RunId> ids() throws IOException {
    return documents.ids(Layout.RUNS, ".json");
  }

  /** The paths, from the root, of records that cannot be read or do not match their seals. */
  public List<String> damaged() throws IOException {
    return ids().stream().filter(id -> read(id).isEmpty()).map(Layout::run).toList();
  }

  /** A run's record; empty if it does not exist, is damaged or cannot be read. */
  public Optional<ObjectNode> read(RunId id) {
    return documents.sealed(Layout.run(id));
  }
}
