package io.parsecbackup.objectstore.upload;

import io.parsecbackup.repository.storage.Damage;
import java.util.Queue;

/** Collects what an upload finds wrong, one line for each object. */
record Findings(Queue<String> lines) implements UploadListener {

  @Override
  public void damaged(Damage damage) {
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
