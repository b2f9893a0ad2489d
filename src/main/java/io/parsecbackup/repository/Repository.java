package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.FileSystemProbe;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryFiles;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A folder of backups. Reading what is published needs no lock; whoever changes anything holds
 * {@link #lock} from before its first look to after its last write.
 */
public final class Repository {

  private static final Logger LOG = Logger.getLogger(Repository.class);

  private final Layout layout;
  private final StableStorage storage;
  private final PublishedBackups published;
  private final Compactions compactions;

  private Repository(Path root, StableStorage storage) {
    this.layout = new Layout(root.toAbsolutePath().normalize());
    this.storage = storage;
    this.published = new PublishedBackups(layout);
    this.compactions = new Compactions(this);
  }

  /** The repository in {@code root}, which need not exist yet; touches nothing. */
  public static Repository at(Path root, StableStorage storage) {
    return new Repository(root, storage);
  }

  public Path root() {
    return layout.root();
  }

  public Layout layout() {
    return layout;
  }

  public StableStorage storage() {
    return storage;
  }

  public PublishedBackups published() {
    return published;
  }

  public ObjectIndex index() {
    return new ObjectIndex(layout, published, compactions);
  }

  public Compactions compactions() {
    return compactions;
  }

  public ObjectFiles objects() {
    return new ObjectFiles(layout, storage);
  }

  public ObjectWalk objectWalk() {
    return new ObjectWalk(layout);
  }

  public ObjectProof objectProof() {
    return new ObjectProof(objects());
  }

  public RunRecords runs() {
    return new RunRecords(layout, storage);
  }

  public CheckRecords checks() {
    return new CheckRecords(layout, storage);
  }

  public AcceptedLosses acceptedLosses() {
    return new AcceptedLosses(layout, storage);
  }

  public DamagedObjects damagedObjects() {
    return new DamagedObjects(this);
  }

  public BackupFiles files() {
    return new BackupFiles(layout, published);
  }

  public StorageTrial trial() {
    return new StorageTrial(this);
  }

  public DeadRuns deadRuns() {
    return new DeadRuns(this);
  }

  /**
   * Takes the repository for one run, making its folder first where there is none.
   *
   * @param holder what the run is, for others to read
   * @throws Problem of kind HELD when another run has it, REPOSITORY when it cannot be one
   */
  public RepositoryLock lock(String holder) throws IOException {
    layout.files().createFolders(layout.root());
    requirePlain();
    return RepositoryLock.exclusive(layout.lock(), holder);
  }

  /**
   * Shares the repository with others that only read it; nobody changes it meanwhile.
   *
   * @param holder what the run is, for others to read
   * @throws Problem of kind HELD while a run has the repository for itself, NOT_FOUND when there is
   *     no such folder
   */
  public RepositoryLock lockShared(String holder) throws IOException {
    if (!Files.isDirectory(layout.root())) {
      throw new Problem(
          Kind.NOT_FOUND,
          "there is no repository at "
              + layout.root()
              + ": name the folder that holds the backups as parsec.backup.repository");
    }
    requirePlain();
    return RepositoryLock.shared(layout.lock(), holder);
  }

  /**
   * Checks that the folders in the root are folders and the lock is a file: a link in the place of
   * one leads all that is done with the repository elsewhere.
   *
   * @throws UnsafeFileException when one is anything else
   */
  public void requirePlain() throws IOException {
    for (Path folder : layout.allFolders()) {
      Optional<BasicFileAttributes> found = RepositoryFiles.look(folder);
      if (found.isPresent()) {
        RepositoryFiles.requireFolder(folder, found.get());
      }
    }
    layout.files().find(layout.lock());
  }

  /** Whether some run has the repository for itself now. */
  public boolean isHeld() throws IOException {
    return RepositoryLock.isHeld(layout.lock());
  }

  /**
   * What the repository says it is, or empty when it is still to become one.
   *
   * @throws Problem when it is damaged, of a newer format, or a folder that holds something else
   */
  public Optional<Identity> identity() throws IOException {
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
                        + " repository anew; no backup is touched by that"));
    requireKnownFormat(identity);
    return Optional.of(identity);
  }

  /** The repository's id, where what says it is whole. */
  public Optional<String> id() throws IOException {
    return readIdentity().map(Identity::id);
  }

  /**
   * Does nothing where this version can read what is there.
   *
   * @throws Problem when it is of a newer format
   */
  public void requireKnownFormat() throws IOException {
    readIdentity().ifPresent(this::requireKnownFormat);
  }

  private void requireKnownFormat(Identity identity) {
    if (identity.format() > Identity.FORMAT) {
      throw new Problem(
          Kind.REPOSITORY,
          "the repository "
              + layout.root()
              + " has format "
              + identity.format()
              + ", this program knows up to "
              + Identity.FORMAT
              + ": use the newer program that made it");
    }
  }

  /**
   * Refuses what {@link #rebind} must not touch.
   *
   * @throws Problem when it is of a newer format, or a folder that holds something else
   */
  public void requireAdoptable() throws IOException {
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
      LOG.warnf("the repository's binding is not read: %s", e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * A mistyped path must not be filled with backups, nor objects be mixed with those of an unknown
   * hand.
   */
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
              + " holds objects but no "
              + Layout.IDENTITY
              + ": run 'adopt' once to take over what is there");
    }
    names.removeAll(Layout.BEFORE_IDENTITY);
    if (!names.isEmpty()) {
      throw new Problem(
          Kind.REPOSITORY,
          layout.root()
              + " is no repository and not empty (it holds "
              + names.iterator().next()
              + "): name an empty folder, or one that is still to be made");
    }
  }

  /**
   * Binds a new repository to {@code source}, or checks that an old one is bound to it. Needs the
   * lock.
   *
   * @throws Problem when it is bound to another source, or its file system cannot serve
   */
  public Identity bind(Source source) throws IOException {
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
              + ", the configured source is "
              + source
              + ". Name another repository for it, or run 'adopt' if this source has taken the"
              + " other's place");
    }
    createFolders();
    return identity.get();
  }

  /** Binds the repository to {@code source}, whatever it was bound to before. Needs the lock. */
  public Identity rebind(Source source) throws IOException {
    layout.files().createFolders(layout.tmp());
    Path probe = layout.probe();
    layout.files().deleteTree(probe);
    PrivateFiles.createFolder(probe);
    FileSystemProbe.check(probe);
    String id = readIdentity().map(Identity::id).orElseGet(() -> UUID.randomUUID().toString());
    Identity identity = new Identity(Identity.FORMAT, id, source);
    storage.publish(layout.unnamedIdentity(), layout.identity(), identity.toBytes());
    createFolders();
    return identity;
  }

  private void createFolders() throws IOException {
    for (Path folder : layout.folders()) {
      layout.files().createFolders(folder);
    }
  }

  /** Reserves the id of a run that starts {@code now} and opens its scratch. Needs the lock. */
  public Workspace reserve(Instant now) throws IOException {
    layout.files().createFolders(layout.runs());
    return new Workspace(this, ids().reserve(now));
  }

  /**
   * Reserves the id of a job that starts {@code now} and changes no backup, and opens its scratch.
   * A share of the lock is enough.
   */
  public JobScratch openScratch(Instant now) throws IOException {
    return JobScratch.open(ids(), layout, now);
  }

  /** Whether the job of this id runs, in this or another process. */
  public boolean isAlive(RunId job) throws IOException {
    return RepositoryLock.isHeld(layout.files().below(layout.alive(job)));
  }

  private RunIds ids() {
    return new RunIds(layout);
  }

  /** Bytes that this process may still write to the repository's file system. */
  public long usableSpace() throws IOException {
    Path existing = layout.root();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Files.getFileStore(existing).getUsableSpace();
  }
}
