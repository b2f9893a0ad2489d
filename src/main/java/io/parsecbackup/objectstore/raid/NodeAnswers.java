package io.parsecbackup.objectstore.raid;

import io.smallrye.mutiny.Uni;
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

  /** Closes the objects of the answers. */
  static void discard(List<RaidNode.Answer> answers) {
    for (RaidNode.Answer answer : answers) {
      if (answer instanceof RaidNode.Fetched(FetchResult result)) {
        result.close();
      }
    }
  }
}
