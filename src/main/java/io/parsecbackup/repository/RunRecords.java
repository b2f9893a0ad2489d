package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The results of all runs, also failed ones: {@code runs/<id>.json}, one sealed document each. */
public final class RunRecords {

  private final Layout layout;
  private final StableStorage storage;

  RunRecords(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /** Writes a run's record and replaces an earlier one. */
  public void write(RunId id, ObjectNode document) throws IOException {
    layout.files().createFolders(layout.runs());
    storage.publish(layout.unnamedRun(id), layout.run(id), SealedJson.seal(document));
  }

  /** Ids of all runs with a record, oldest first. */
  public List<RunId> ids() throws IOException {
    return layout.files().ids(layout.runs(), ".json");
  }

  /** The paths, from the root, of records that cannot be read or do not match their seals. */
  public List<String> damaged() throws IOException {
    return ids().stream()
        .filter(id -> read(id).isEmpty())
        .map(id -> layout.relative(layout.run(id)))
        .toList();
  }

  /** A run's record; empty if it does not exist, is damaged or cannot be read. */
  public Optional<ObjectNode> read(RunId id) {
    return layout.files().sealed(layout.run(id));
  }
}
