package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.index.Removals;
import io.parsecbackup.repository.storage.FileSystemProbe;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Binds a repository to its source: {@code parsec-backup.json} and the checks around it. */
final class SourceBinding {

  private static final Logger LOG = Logger.getLogger(SourceBinding.class);

  private final Layout layout;
  private final StableStorage storage;

  SourceBinding(Layout layout, StableStorage storage) {
    this.layout = layout;
    this.storage = storage;
  }

  Optional<Identity> identity() throws IOException {
    if (!layout.files().exists(layout.identity())) {
      refuseForeignFolder();
      return Optional.empty();
    }
    Identity identity =
        readIdentity()
            .orElseThrow(() ->
                new Problem(
                    Kind.REPOSITORY,
                    layout.identity()
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
              + layout.root()
              + " has format "
              + identity.format()
              + ", but this version supports only up to "
              + Identity.WITH_REMOVALS
              + ". Use the newer version that created it");
    }
  }

  void requireAdoptable() throws IOException {
    boolean ours = Files.isDirectory(layout.objects()) || Files.isDirectory(layout.backups());
    requireKnownFormat();
    if (!layout.files().exists(layout.identity()) && !ours) {
      refuseForeignFolder();
    }
  }

  private Optional<Identity> readIdentity() throws IOException {
    try {
      return SealedJson.open(layout.files().document(layout.identity())).map(Identity::fromJson);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (UnsafeFileException e) {
      LOG.warnf("Cannot read the repository's identity: %s", e.getMessage());
      return Optional.empty();
    }
  }

  /** Prevents a backup into a mistyped folder, or among objects of unknown origin. */
  private void refuseForeignFolder() throws IOException {
    if (!Files.isDirectory(layout.root())) {
      return;
    }
    Set<String> names;
    try (Stream<Path> files = Files.list(layout.root())) {
      names = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
    if (names.contains("objects") || names.contains("backups")) {
      throw new Problem(
          Kind.REPOSITORY,
          layout.root()
              + " contains objects but no "
              + Layout.IDENTITY
              + ": run 'adopt' once to take over the existing files");
    }
    names.removeAll(Layout.BEFORE_IDENTITY);
    if (!names.isEmpty()) {
      throw new Problem(
          Kind.REPOSITORY,
          layout.root()
              + " is not a repository, and is not empty (it contains "
              + names.iterator().next()
              + "). Choose an empty folder, or one that does not exist yet");
    }
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
              + layout.root()
              + " is bound to "
              + identity.get().source()
              + ", but the configured source is "
              + source
              + ". Use another repository, or run 'adopt' if this source has replaced the other");
    }
    createFolders();
    return identity.get();
  }

  Identity rebind(Source source) throws IOException {
    layout.files().createFolders(layout.tmp());
    Path probe = layout.probe();
    layout.files().deleteTree(probe);
    PrivateFiles.createFolder(probe);
    FileSystemProbe.check(probe);
    String id = readIdentity().map(Identity::id).orElseGet(() -> UUID.randomUUID().toString());
    int format =
        new Removals(layout).ids(any -> true).isEmpty() ? Identity.FORMAT : Identity.WITH_REMOVALS;
    Identity identity = new Identity(format, id, source);
    write(identity);
    createFolders();
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
    storage.publish(layout.unnamedIdentity(), layout.identity(), identity.toBytes());
  }

  private void createFolders() throws IOException {
    for (Path folder : layout.folders()) {
      layout.files().createFolders(folder);
    }
  }
}
