package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.Compactions;
import io.parsecbackup.repository.index.Compactor;
import io.parsecbackup.repository.index.ObjectIndex;
import io.parsecbackup.repository.storage.FolderLock;
import io.parsecbackup.repository.storage.FolderStorage;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.StableStorage;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A folder of backups. Reading published backups needs no lock. A run that changes something holds
 * {@link #lock} from before its first read until after its last write.
 */
public final class Repository {

  private final Layout layout;
  private final StableStorage storage;
  private final Storage place;
  private final PublishedBackups published;
  private final SourceBinding binding;
  private final Compactions compactions;

  private Repository(Path root, StableStorage storage) {
    this.layout = new Layout(root.toAbsolutePath().normalize());
    this.storage = storage;
    this.place = new FolderStorage(layout.root(), storage);
    this.published = new PublishedBackups(place);
    this.binding = new SourceBinding(place);
    this.compactions = new Compactions(place);
  }

  /** The repository in {@code root}, which may not exist yet. Changes nothing. */
  public static Repository at(Path root, StableStorage storage) {
    return new Repository(root, storage);
  }

  public Path root() {
    return layout.root();
  }

  public Layout layout() {
    return layout;
  }

  /** The place where the files are. */
  public Storage storage() {
    return place;
  }

  public StableStorage stable() {
    return storage;
  }

  public PublishedBackups published() {
    return published;
  }

  public ObjectIndex index() {
    return new ObjectIndex(place, published, compactions);
  }

  public Compactor compactions() {
    return new Compactor(place, index(), compactions);
  }

  public ObjectFiles objects() {
    return new ObjectFiles(place);
  }

  public ObjectWalk objectWalk() {
    return new ObjectWalk(objects());
  }

  public ObjectProof objectProof() {
    return new ObjectProof(objects());
  }

  public RunRecords runs() {
    return new RunRecords(place);
  }

  public CheckRecords checks() {
    return new CheckRecords(place);
  }

  public AcceptedLosses acceptedLosses() {
    return new AcceptedLosses(place);
  }

  public DamagedObjects damagedObjects() {
    return new DamagedObjects(place, objects());
  }

  public RemovedObjects removedObjects() {
    return new RemovedObjects(place, binding);
  }

  public BackupFiles files() {
    return new BackupFiles(place, published);
  }

  public StorageTrial trial() {
    return new StorageTrial(layout, storage);
  }

  public DeadRuns deadRuns() {
    return new DeadRuns(place, published, objects(), damagedObjects());
  }

  /**
   * Locks the repository for one run. Creates its folder if it does not exist.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when another run holds the lock, REPOSITORY when the folder cannot
   *     be a repository
   */
  public RepositoryLocks.Held lock(String holder) throws IOException {
    return place.locks().exclusive(holder);
  }

  /**
   * Takes the shared lock: other runs may read at the same time, and none can change anything.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when a run holds the exclusive lock, NOT_FOUND when the folder
   *     does not exist
   */
  public RepositoryLocks.Held lockShared(String holder) throws IOException {
    return place.locks().shared(holder);
  }

  /**
   * Checks that the folders in the root are folders and the lock is a file. A link would redirect
   * all access to another place.
   *
   * @throws UnsafeFileException when one of them is of another kind
   */
  public void requirePlain() throws IOException {
    ((FolderStorage) place).requirePlain();
  }

  /** Whether a run holds the exclusive lock now. */
  public boolean isHeld() throws IOException {
    return place.locks().isHeld();
  }

  /**
   * The repository's identity; empty if the folder is not a repository yet.
   *
   * @throws Problem when it is damaged, has a newer format, or the folder contains something else
   */
  public Optional<Identity> identity() throws IOException {
    return binding.identity();
  }

  /** The repository's id, if its identity is valid. */
  public Optional<String> id() throws IOException {
    return binding.id();
  }

  /**
   * Does nothing if this version can read the repository.
   *
   * @throws Problem when it has a newer format
   */
  public void requireKnownFormat() throws IOException {
    binding.requireKnownFormat();
  }

  /**
   * Refuses a folder that {@link #rebind} must not touch.
   *
   * @throws Problem when it has a newer format, or contains something else
   */
  public void requireAdoptable() throws IOException {
    binding.requireAdoptable();
  }

  /**
   * Binds a new repository to {@code source}, or checks that an existing one is bound to it. Needs
   * the lock.
   *
   * @throws Problem when it is bound to another source, or its file system cannot be used
   */
  public Identity bind(Source source) throws IOException {
    return binding.bind(source);
  }

  /** Binds the repository to {@code source} and replaces an earlier binding. Needs the lock. */
  public Identity rebind(Source source) throws IOException {
    return binding.rebind(source);
  }

  /** Reserves the id of a run that starts {@code now}, opens its scratch. Needs the lock. */
  public Workspace reserve(RepositoryLocks.Held lock, Instant now) throws IOException {
    RunId id = ids().reserve(now);
    lock.announce(id);
    return new Workspace(place, published, index(), id, lock);
  }

  /**
   * Reserves the id of a job that starts {@code now} and changes no backup, and opens its scratch
   * folder. Needs the shared lock.
   */
  public JobScratch openScratch(Instant now) throws IOException {
    return JobScratch.open(ids(), place, now);
  }

  /** Whether the job with this id runs, in this or another process. */
  public boolean isAlive(RunId job) throws IOException {
    return FolderLock.isHeld(new ScratchFolders(place.scratch()).alive(job));
  }

  private RunIds ids() {
    return new RunIds(place);
  }

  /** How many bytes this process can still write to the repository's file system. */
  public long usableSpace() throws IOException {
    return Files.getFileStore(Folders.nearestExisting(layout.root())).getUsableSpace();
  }
}
