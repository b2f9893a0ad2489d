package io.parsecbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.index.FieldText;
import io.parsecbackup.repository.index.IndexCodec;
import io.parsecbackup.repository.index.IndexRecord;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.index.RecordSorter;
import io.parsecbackup.repository.index.RecordStream;
import io.parsecbackup.repository.index.Reference;
import io.parsecbackup.repository.index.TextLines;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.StableStorage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Losses that an operator has accepted: {@code accepted/<id>.tsv}, sorted lines of key, row sizes
 * and reason, and {@code accepted/<id>.json}, the seal without which the list does not count. Both
 * are written once; all of them together are what is accepted. An acceptance is bound to the sizes
 * that the rows had, and to whether the repository had held the object: a row with another size is
 * another loss, and so is the loss of an object that came back after it was accepted.
 */
public final class AcceptedLosses {

  private static final Logger LOG = Logger.getLogger(AcceptedLosses.class);
  private static final String NO_DIGEST = "0".repeat(64);

  /** In place of the sizes of an object that no row names. */
  public static final String NO_ROW = "-";

  /** Behind the sizes of an object that the repository held before. */
  private static final String HELD = ";held";

  private final Layout layout;
  private final StableStorage storage;

  AcceptedLosses(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  /**
   * One of them.
   *
   * @param binding of {@link AcceptedLosses#binding(String, boolean)}, or {@link #NO_ROW}
   * @param reason why it was missing
   */
  public record Loss(String key, String binding, String reason) {}

  /**
   * What the acceptance of a loss is bound to.
   *
   * @param sizes of the rows that name it, as {@link Reference#sizeList} has them
   * @param wasHeld whether the repository held the object, and it was found damaged or lost here
   */
  public static String binding(String sizes, boolean wasHeld) {
    return wasHeld ? sizes + HELD : sizes;
  }

  /** Writes losses, which come in {@link KeyOrder}, into a new file. */
  public static final class Writer implements AutoCloseable {
    private final BufferedWriter lines;

    public Writer(Path file) throws IOException {
      this.lines = PrivateFiles.newWriter(file);
    }

    public void add(Loss loss) throws IOException {
      lines.write(FieldText.escape(loss.key()));
      lines.write('\t');
      lines.write(loss.binding());
      lines.write('\t');
      lines.write(FieldText.escape(loss.reason()));
      lines.write('\n');
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  /**
   * All that is accepted, each key once, in key order; of a key that was accepted several times,
   * the newest acceptance. {@link #binding(IndexRecord)} tells what it is bound to. A damaged list
   * is left out with a warning, so that its losses count as missing again.
   *
   * @param scratch an existing folder
   * @param name begins the names of files in it; unique there
   */
  public RecordStream<IndexRecord> open(Path scratch, String name) throws IOException {
    RecordSorter<IndexRecord> sorter = new RecordSorter<>(IndexCodec.INSTANCE, scratch, name);
    for (RunId id : ids()) {
      Optional<Damage> damage = damage(id);
      if (damage.isPresent()) {
        LOG.warnf(
            "%s is damaged: the losses that it accepts count as missing. Bring it back from a copy,"
                + " or accept them again",
            damage.get().name());
        continue;
      }
      try (TextLines lines = new TextLines(layout.files().require(layout.acceptedList(id)))) {
        while (lines.hasNext()) {
          String[] columns = lines.next().split("\t", 3);
          if (columns.length == 3) {
            sorter.add(record(FieldText.unescape(columns[0]), columns[1]));
          }
        }
      } catch (UncheckedIOException e) {
        // Its digest is right, so another hand has written it: no line of ours is that long.
        LOG.warnf("%s cannot be read on: %s", layout.acceptedList(id), e.getMessage());
      }
    }
    return sorter.sorted();
  }

  /** What it is bound to stands where the ETag would. */
  private static IndexRecord record(String key, String binding) {
    return new IndexRecord(key, 0, NO_DIGEST, binding, Instant.EPOCH, false);
  }

  /** What the acceptance of {@link #open}'s record is bound to. */
  public static String binding(IndexRecord accepted) {
    return accepted.etag();
  }

  /** The sizes of the rows alone, for blocks in a database, which no repository holds. */
  public static String sizes(IndexRecord accepted) {
    String binding = binding(accepted);
    return binding.endsWith(HELD)
        ? binding.substring(0, binding.length() - HELD.length())
        : binding;
  }

  /** Ids of all acceptances, oldest first, whole or not. */
  public List<RunId> ids() throws IOException {
    return layout.files().ids(layout.accepted(), ".json");
  }

  /** An acceptance's document, or empty when there is none or it is damaged. */
  public Optional<ObjectNode> read(RunId id) {
    return layout.files().sealed(layout.acceptance(id));
  }

  /** What is wrong with the acceptances; files by their paths from the root. */
  public List<Damage> damage() throws IOException {
    List<Damage> found = new ArrayList<>();
    for (RunId id : ids()) {
      damage(id).ifPresent(found::add);
    }
    return found;
  }

  private Optional<Damage> damage(RunId id) {
    Optional<ObjectNode> document = read(id);
    if (document.isEmpty()) {
      return Optional.of(
          new Damage(
              layout.relative(layout.acceptance(id)),
              Damage.Kind.DIGEST,
              "the seal in it",
              "bytes with another seal"));
    }
    String expected = document.get().path("sha256").asText();
    String name = layout.relative(layout.acceptedList(id));
    try {
      String found = layout.files().sha256(layout.acceptedList(id));
      return found.equals(expected)
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.DIGEST, expected, found));
    } catch (IOException e) {
      return Optional.of(new Damage(name, Damage.Kind.UNREADABLE, expected, String.valueOf(e)));
    }
  }

  /**
   * Publishes an acceptance: the list first, the sealed document last. Cut off before that, nothing
   * is accepted. Needs the lock.
   *
   * @param list in scratch, of a {@link Writer}
   * @param document gets the list's digest as {@code sha256}, and the seal
   * @param scratch a file that is not there yet
   * @return the document as published
   */
  public ObjectNode publish(RunId id, Path list, ObjectNode document, Path scratch)
      throws IOException {
    layout.files().createFolders(layout.accepted());
    storage.flushFolder(layout.root());
    clear();
    document.put("sha256", Sha256.of(list));
    storage.flush(list);
    storage.rename(list, layout.acceptedList(id));
    byte[] sealed = SealedJson.seal(document);
    storage.publish(scratch, layout.acceptance(id), sealed);
    return SealedJson.open(sealed)
        .orElseThrow(() -> new IllegalStateException("a document of ours does not match its seal"));
  }

  /** Removes lists that a killed acceptance left without a document. */
  private void clear() throws IOException {
    List<RunId> sealed = ids();
    for (RunId id : layout.files().ids(layout.accepted(), ".tsv")) {
      if (!sealed.contains(id)) {
        layout.files().deleteIfExists(layout.acceptedList(id));
      }
    }
  }
}
