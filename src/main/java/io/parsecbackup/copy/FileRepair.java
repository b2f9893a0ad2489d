package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Damage;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Repairs published files that are damaged or lost at a place, from the original. A file that is
 * intact is never written: it is read first.
 */
record FileRepair(CopySource source, CopyPlace place) {

  private static final Logger LOG = Logger.getLogger(FileRepair.class);

  /** Returns whether no file is known to be damaged now. */
  boolean run() throws IOException {
    SuspectFiles suspects = SuspectFiles.find(source.repository(), place.repository());
    boolean whole = true;
    boolean isAny = false;
    for (String name : suspects.names()) {
      source.cancellation().throwIfCancelled();
      Optional<Damage> damage = damage(name);
      if (damage.isPresent()) {
        isAny = true;
        whole &= repair(damage.get());
      }
    }
    if (isAny) {
      place.repository().storage().flush(source.cancellation());
    }
    if (whole) {
      suspects.settle();
    }
    return whole;
  }

  /** The damage of a file; empty if it is intact, or a copy does not need it. */
  private Optional<Damage> damage(String name) throws IOException {
    Optional<String> digest =
        digests().of(name).or(() -> new SourceDigests(place.repository()).of(name));
    boolean isSealed = SourceDigests.isSealed(name);
    if (digest.isEmpty() && !isSealed) {
      return Optional.empty();
    }
    String expected = digest.orElse("the seal in it");
    Documents documents = new Documents(place.repository().storage());
    try {
      if (isSealed && SealedJson.open(documents.read(name)).isPresent()) {
        return Optional.empty();
      }
      String found = documents.sha256(name);
      return digest.filter(found::equals).isPresent()
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.DIGEST, expected, found));
    } catch (NoSuchFileException e) {
      return digest.isEmpty()
          ? Optional.empty()
          : Optional.of(new Damage(name, Damage.Kind.LOST, expected, "no such file"));
    } catch (UnsafeFileException e) {
      return Optional.of(
          new Damage(name, Damage.Kind.UNREADABLE, expected, String.valueOf(e.getReason())));
    } catch (IOException e) {
      place.requireWorking(e);
      return Optional.of(new Damage(name, Damage.Kind.UNREADABLE, expected, e.toString()));
    }
  }

  private SourceDigests digests() {
    return new SourceDigests(source.repository());
  }

  private boolean repair(Damage damage) throws IOException {
    String name = damage.name();
    Optional<String> digest = digests().of(name);
    if (digest.isEmpty() || !isSameBackup(name)) {
      source.report().found(damage);
      return false;
    }
    StagedFile staged;
    try {
      staged = StagedFile.of(source.repository(), name, digest.get(), place.workspace());
    } catch (DigestMismatchException | NoSuchFileException | UnsafeFileException e) {
      // Damaged at the source too.
      source.report().found(damage);
      return false;
    }
    try {
      write(name, Content.of(staged.file(), staged.sha256()));
    } catch (IOException e) {
      place.requireWorking(e);
      source
          .report()
          .found(
              name,
              damage.kind().word(),
              damage.expected(),
              damage.found() + "; it was not replaced: " + e.getMessage());
      return false;
    }
    String repaired = place.repository().storage().locate(name);
    source.report().did(repaired + " was damaged, and is repaired from the repository");
    LOG.warnf("Repaired %s from the repository: it was damaged (%s)", repaired, damage.found());
    return true;
  }

  private void write(String name, Content content) throws IOException {
    Repository target = place.repository();
    place.lock().requireHeld();
    NewFile.Condition condition = new NewFile.Always();
    if (target.storage().isRemote()) {
      Optional<StoredFile> damaged = target.storage().find(name);
      condition =
          damaged.isPresent()
              ? new NewFile.IfUnchanged(damaged.get().tag())
              : new NewFile.IfAbsent();
    }
    target.storage().putUnflushed(new NewFile(name, content, condition, Optional.empty()));
  }

  /** Whether the place does not have another backup with this id. */
  private boolean isSameBackup(String name) {
    RunId id = SourceDigests.id(name).orElseThrow();
    Optional<ObjectNode> copied = place.repository().published().document(id);
    return copied.isEmpty() || copied.equals(source.repository().published().document(id));
  }
}
