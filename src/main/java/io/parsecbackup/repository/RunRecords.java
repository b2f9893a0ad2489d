package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What became of every run, failed ones too: {@code runs/<id>.json}, one sealed document each. */
public final class RunRecords {

  private final Layout layout;
  private final StableStorage storage;

  RunRecords(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /** Writes a run's record, in place of the one it may have. */
  public void write(RunId id, ObjectNode document) throws IOException {
    PrivateFiles.createFolders(layout.runs());
    storage.publish(layout.unnamedRun(id), layout.run(id), SealedJson.seal(document));
  }

  /** Ids of all runs with a record, oldest first. */
  public List<RunId> ids() throws IOException {
    return Folders.ids(layout.runs(), ".json");
  }

  /** A run's record, or empty when there is none or it is damaged. */
  public Optional<ObjectNode> read(RunId id) throws IOException {
    Path file = layout.run(id);
    return Files.exists(file) ? SealedJson.open(Files.readAllBytes(file)) : Optional.empty();
  }
}
