package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.TextLines;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.Leftovers;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Losses that an operator has accepted: {@code accepted/<id>.tsv}, sorted lines of key, row sizes
 * and reason, and {@code accepted/<id>.json}, its seal, without which the list is not valid. Both
 * are written once. The accepted losses are those of all lists together. An acceptance is bound to
 * the sizes of the rows and to whether the repository had the object: a row with another size is
 * another loss, and so is the loss of an object that was fetched again after its loss was accepted.
 */
public final class AcceptedLosses {

  private static final Logger LOG = Logger.getLogger(AcceptedLosses.class);

  private final Storage storage;
  private final Documents documents;

  AcceptedLosses(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  /** Writes losses, which must be added in {@link KeyOrder}, to a new file. */
  public static final class Writer implements AutoCloseable {
    private final BufferedWriter lines;

    public Writer(Path file) throws IOException {
      this.lines = PrivateFiles.newWriter(file);
    }

    public void add(AcceptedLoss loss) throws IOException {
      lines.write(AcceptedLoss.CODEC.format(loss));
      lines.write('\n');
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  /**
   * All accepted losses, each key once, in key order. If a key was accepted several times, the
   * newest acceptance is used. A damaged list is skipped with a warning, and its losses count as
   * missing again.
   *
   * @param scratch an existing folder
   * @param name prefix of the names of scratch files, unique in that folder
   */
  public RecordStream<AcceptedLoss> open(Path scratch, String name) throws IOException {
    RecordSorter<AcceptedLoss> sorter = new RecordSorter<>(AcceptedLoss.CODEC, scratch, name);
    for (RunId id : ids()) {
      Path list;
      try {
        list = list(id);
      } catch (Damaged e) {
        LOG.warnf(
            "Skipped %s: it is damaged, and the losses that it accepts count as missing. Restore it"
                + " from a copy, or accept the losses again",
            e.damage.name());
        continue;
      }
      try (TextLines lines = new TextLines(list)) {
        while (lines.hasNext()) {
          String[] columns = lines.next().split("\t", 3);
          if (columns.length == 3) {
            sorter.add(
                new AcceptedLoss(
                    FieldText.unescape(columns[0]), columns[1], FieldText.unescape(columns[2])));
          }
        }
      } catch (UncheckedIOException e) {
        // Its digest is correct, but this program writes no line that long.
        LOG.warnf("Cannot read the rest of %s: %s", Layout.acceptedList(id), e.getMessage());
      }
    }
    return sorter.sorted();
  }

  /** Ids of all acceptances, oldest first, valid or damaged. */
  public List<RunId> ids() throws IOException {
    return documents.ids(Layout.ACCEPTED, ".json");
  }

  /** The document of an acceptance; empty if it does not exist or is damaged. */
  public Optional<ObjectNode> read(RunId id) {
    return documents.sealed(Layout.acceptance(id));
  }

  /** The damaged files of acceptances, by their paths from the root. */
  public List<Damage> damage() throws IOException {
    List<Damage> found = new ArrayList<>();
    for (RunId id : ids()) {
      try {
        list(id);
      } catch (Damaged e) {
        found.add(e.damage);
      }
    }
    return found;
  }

  private static final class Damaged extends Exception {

    private static final long serialVersionUID = 1;

    final transient Damage damage;

    Damaged(Damage damage) {
      this.damage = damage;
    }
  }

  /** A local copy of an acceptance's list, after its digest was checked. */
  private Path list(RunId id) throws Damaged {
    Optional<ObjectNode> document = read(id);
    if (document.isEmpty()) {
      throw new Damaged(
          new Damage(
              Layout.acceptance(id),
              Damage.Kind.DIGEST,
              "the seal in it",
              "bytes with another seal"));
    }
    String expected = document.get().path("sha256").asText();
    String name = Layout.acceptedList(id);
    try {
      return storage.local(name, Optional.of(expected));
    } catch (DigestMismatchException e) {
      throw new Damaged(new Damage(name, Damage.Kind.DIGEST, expected, e.found()));
    } catch (IOException e) {
      throw new Damaged(new Damage(name, Damage.Kind.UNREADABLE, expected, String.valueOf(e)));
    }
  }

  /**
   * Publishes an acceptance: the list first, the sealed document last. If the program is killed
   * before that, nothing is accepted. Needs the lock.
   *
   * @param list a scratch file that a {@link Writer} wrote
   * @param document gets the list's digest as {@code sha256}, and the seal
   * @return the document as published
   */
  public ObjectNode publish(RepositoryLocks.Held lock, RunId id, Path list, ObjectNode document)
      throws IOException {
    clear();
    String sha256 = Sha256.of(list);
    document.put("sha256", sha256);
    storage.put(NewFile.replacing(Layout.acceptedList(id), Content.of(list, sha256)));
    byte[] sealed = SealedJson.seal(document);
    lock.requireHeld();
    storage.put(NewFile.ifAbsent(Layout.acceptance(id), Content.of(sealed)));
    return SealedJson.open(sealed)
        .orElseThrow(() ->
            new IllegalStateException("a document that was just sealed does not match its seal"));
  }

  /** Removes lists without a document. They are left by a killed acceptance. */
  private void clear() throws IOException {
    List<String> names = storage.children(Layout.ACCEPTED);
    List<RunId> sealed = RunId.all(names, ".json");
    for (RunId id : RunId.all(names, ".tsv")) {
      if (!sealed.contains(id)) {
        new Leftovers(storage).delete(Layout.acceptedList(id));
      }
    }
  }
}
