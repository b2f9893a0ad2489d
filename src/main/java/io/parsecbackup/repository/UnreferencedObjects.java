package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The objects that no kept backup refers to, as the newest prune found them. They wait for some
 * runs before they are removed, because a row that refers to them may follow. A list that is lost
 * or damaged only makes them wait again.
 */
public final class UnreferencedObjects {

  private static final Logger LOG = Logger.getLogger(UnreferencedObjects.class);

  private final Storage storage;
  private final Documents documents;

  UnreferencedObjects(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /**
   * An object that no kept backup refers to.
   *
   * @param sha256 of its bytes; an object with new bytes waits again
   * @param since the number of complete runs when it was first found
   */
  public record Waiting(String key, String sha256, long since) {

    public static final RecordCodec<Waiting> CODEC =
        new ColumnCodec<>(
            Waiting::key,
            2,
            one -> List.of(one.sha256(), Long.toString(one.since())),
            columns -> new Waiting(columns.get(0), columns.get(1), Long.parseLong(columns.get(2))));
  }

  /**
   * What a prune knows of the earlier ones.
   *
   * @param runs how many complete runs have been counted
   * @param countedUpTo the newest of them
   * @param removedUpTo the newest prune whose removed objects have no files any more
   */
  public record State(long runs, RunId countedUpTo, RunId removedUpTo) {}

  /** Before all other ids. */
  public static final RunId NONE = new RunId("00000101T000000Z");

  /** The state that the newest prune has left; empty if it does not exist or is damaged. */
  public Optional<State> state() throws IOException {
    return newest().map(Found::state);
  }

  /** The objects that wait, in key order. */
  public RecordStream<Waiting> waiting() throws IOException {
    Optional<Found> found = newest();
    return found.isEmpty()
        ? RecordStream.empty(Waiting.CODEC)
        : RecordStream.merge(Waiting.CODEC, List.of(found.get().list()));
  }

  private record Found(State state, Path list) {}

  private Optional<Found> newest() throws IOException {
    for (RunId id : documents.ids(Layout.CHECKS, Layout.UNREFERENCED + ".json").reversed()) {
      Optional<ObjectNode> seal = documents.sealed(Layout.unreferencedSeal(id));
      Optional<RunId> counted = id(seal, "countedUpTo");
      Optional<RunId> removed = id(seal, "removedUpTo");
      try {
        if (counted.isPresent() && removed.isPresent()) {
          String digest = seal.orElseThrow().path("sha256").asText();
          Path list = storage.local(Layout.unreferenced(id), Optional.of(digest));
          long runs = seal.orElseThrow().path("runs").asLong();
          return Optional.of(new Found(new State(runs, counted.get(), removed.get()), list));
        }
      } catch (IOException e) {
        LOG.warnf("Cannot read a list of unreferenced objects; they wait again: %s", e);
      }
    }
    return Optional.empty();
  }

  private static Optional<RunId> id(Optional<ObjectNode> seal, String field) {
    return seal.map(document -> document.path(field).asText())
        .filter(text -> !text.isEmpty())
        .flatMap(text -> text.equals(NONE.text()) ? Optional.of(NONE) : RunId.parse(text));
  }

  /**
   * Replaces the list. Needs the lock.
   *
   * @param id of the prune
   * @param list a scratch file with the objects that wait, in key order
   */
  public void publish(RunId id, State state, Path list) throws IOException {
    ObjectNode seal = JsonNodeFactory.instance.objectNode();
    seal.put("id", id.text());
    seal.put("runs", state.runs());
    seal.put("countedUpTo", state.countedUpTo().text());
    seal.put("removedUpTo", state.removedUpTo().text());
    String digest = Sha256.of(list);
    seal.put("sha256", digest);
    storage.put(NewFile.replacing(Layout.unreferenced(id), Content.of(list, digest)));
    storage.put(NewFile.replacing(Layout.unreferencedSeal(id), Content.of(SealedJson.seal(seal))));
    try {
      for (String suffix : List.of(".json", ".tsv")) {
        for (RunId old : documents.ids(Layout.CHECKS, Layout.UNREFERENCED + suffix)) {
          if (old.compareTo(id) < 0) {
            storage.delete("checks/" + old + Layout.UNREFERENCED + suffix);
          }
        }
      }
    } catch (DeletionRefusedException e) {
      LOG.debugf("An older list of unreferenced objects stays: %s", e);
    }
  }
}
