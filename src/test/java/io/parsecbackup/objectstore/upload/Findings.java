package io.parsecbackup.objectstore.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.storage.Damage;
import java.util.Queue;

/** Collects what an upload finds wrong, one line for each object. */
record Findings(Queue<String> lines) implements UploadListener {

  @Override
  public void damaged(IndexRecord entry, Damage damage) {
    assertEquals(entry.key(), damage.name());
    add(damage.name(), damage.kind().word(), damage.expected(), damage.found());
  }

  @Override
  public void differs(String key, String expected, String found) {
    add(key, "differs", expected, found);
  }

  private void add(String key, String problem, String expected, String found) {
    lines.add(key + " " + problem + ": " + expected + " | " + found);
  }
}
