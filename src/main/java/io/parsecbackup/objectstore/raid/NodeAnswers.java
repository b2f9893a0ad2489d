package io.parsecbackup.objectstore.raid;

import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The answers of several nodes for one object. */
final class NodeAnswers {

  private NodeAnswers() {}

  /** Waits for all answers, and returns them in the order of the questions. */
  static Uni<List<RaidNode.Answer>> all(List<Uni<RaidNode.Answer>> questions) {
    return questions.isEmpty()
        ? Uni.createFrom().item(List.of())
        : Uni.join().all(questions).andFailFast();
  }

  /** Deletes the files of the answers. */
  static void discard(List<RaidNode.Answer> answers) {
    for (RaidNode.Answer answer : answers) {
      if (answer instanceof RaidNode.Fetched(FetchResult result)) {
        discard(result.file());
      }
    }
  }

  static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
