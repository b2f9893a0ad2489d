package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Documents;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StoredFile;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Binds a repository to its source: {@code parsec-backup.json} and the checks around it. */
final class SourceBinding {

  private static final Logger LOG = Logger.getLogger(SourceBinding.class);

  private static final Set<String> WITH_REVOCATIONS = Set.of(Layout.BACKUPS, Layout.INDEX);

  private final Storage storage;
  private final Documents documents;

  SourceBinding(Storage storage) {
    this.storage = storage;
    this.documents = new Documents(storage);
  }

  Optional<Identity> identity() throws IOException {
    if (!documents.exists(Layout.IDENTITY)) {
      refuseForeignFolder();
      return Optional.empty();
    }
    Identity identity =
        readIdentity()
            .orElseThrow(() ->
                new Problem(
                    Kind.REPOSITORY,
                    storage.locate(Layout.IDENTITY)
                        + " is damaged: its seal does not match. Run 'adopt' to bind this"
                        + " repository again; this changes no backup"));
    requireKnownFormat(identity);
    return Optional.of(identity);
  }

  Optional<String> id() throws IOException {
    return readIdentity().map(Identity::id);
  }

  void requireKnownFormat() throws IOException {
    readIdentity().ifPresent(this::requireKnownFormat);
  }

  private void requireKnownFormat(Identity identity) {
    if (identity.format() > Identity.WITH_REMOVALS) {
      throw new Problem(
          Kind.REPOSITORY,
          "the repository "
              + storage.location()
              + " has format "
              + identity.format()
              + ", but this version supports only up to "
              + Identity.WITH_REMOVALS
              + ". Use the newer version that created it");
    }
  }

  void requireAdoptable() throws IOException {
    List<String> names = storage.children("");
    boolean ours = names.contains(Layout.OBJECTS) || names.contains(Layout.BACKUPS);
    requireKnownFormat();
    if (!documents.exists(Layout.IDENTITY) && !ours) {
      refuseForeignFolder();
    }
  }

  private Optional<Identity> readIdentity() throws IOException {
    try {
      return SealedJson.open(documents.read(Layout.IDENTITY)).map(Identity::fromJson);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (UnsafeFileException e) {
      LOG.warnf("Cannot read the repository's identity: %s", e.getMessage());
      return Optional.empty();
    }
  }

  /** Prevents a backup into a mistyped folder, or among objects of unknown origin. */
  private void refuseForeignFolder() throws IOException {
    Set<String> names = new TreeSet<>(storage.children(""));
    if (holdsRevocationsOnly(names)) {
      names.removeAll(WITH_REVOCATIONS);
    }
    if (names.contains(Layout.OBJECTS) || names.contains(Layout.BACKUPS)) {
      throw new Problem(
          Kind.REPOSITORY,
          storage.location()
              + " contains objects but no "
              + Layout.IDENTITY
              + ": run 'adopt' once to take over the existing files");
    }
    names.removeAll(Layout.BEFORE_IDENTITY);
    if (!names.isEmpty()) {
      throw new Problem(
          Kind.REPOSITORY,
          storage.location()
              + " is not a repository, and is not empty (it contains "
              + names.iterator().next()
              + "). "
              + (storage.isRemote()
                  ? "Choose an empty bucket or another prefix"
                  : "Choose an empty folder, or one that does not exist yet"));
    }
  }

  /**
   * Whether nothing is here but the marks of runs that were killed before they wrote the identity:
   * in a bucket, the next run has revoked them.
   */
  private boolean holdsRevocationsOnly(Set<String> names) throws IOException {
    if (names.contains(Layout.OBJECTS)) {
      return false;
    }
    Set<String> marks = new HashSet<>();
    for (RunId run : new PublishedBackups(storage).revoked()) {
      marks.addAll(List.of(Layout.revoked(run), Layout.backupJson(run), Layout.segmentSeal(run)));
    }
    for (String folder : WITH_REVOCATIONS) {
      Iterator<StoredFile> files = storage.list(folder + "/");
      while (files.hasNext()) {
        if (!marks.contains(files.next().name())) {
          return false;
        }
      }
    }
    return true;
  }

  Identity bind(Source source) throws IOException {
    Optional<Identity> identity = identity();
    if (identity.isEmpty()) {
      return rebind(source);
    }
    if (!identity.get().source().matches(source)) {
      throw new Problem(
          Kind.REPOSITORY,
          "the repository "
              + storage.location()
              + " is bound to "
              + identity.get().source()
              + ", but the configured source is "
              + source
              + ". Use another repository, or run 'adopt' if this source has replaced the other");
    }
    storage.createFolders();
    return identity.get();
  }

  Identity rebind(Source source) throws IOException {
    storage.probe();
    String id = readIdentity().map(Identity::id).orElseGet(() -> UUID.randomUUID().toString());
    int format =
        new Removals(storage).ids(any -> true).isEmpty() ? Identity.FORMAT : Identity.WITH_REMOVALS;
    Identity identity = new Identity(format, id, source);
    write(identity);
    storage.createFolders();
    return identity;
  }

  /**
   * Changes the format before the first object is removed: a program that does not know removals
   * would take such an object for a stored one.
   */
  void allowRemovals() throws IOException {
    Identity identity = identity().orElseThrow();
    if (identity.format() < Identity.WITH_REMOVALS) {
      write(new Identity(Identity.WITH_REMOVALS, identity.id(), identity.source()));
    }
  }

  private void write(Identity identity) throws IOException {
    storage.put(NewFile.replacing(Layout.IDENTITY, Content.of(identity.toBytes())));
  }
}
