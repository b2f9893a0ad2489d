package io.parsecbackup.repository;

import io.parsecbackup.Problem;
import io.parsecbackup.repository.index.Compactions;
import io.parsecbackup.repository.index.Compactor;
import io.parsecbackup.repository.index.ObjectIndex;
import io.parsecbackup.repository.plan.Plans;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderLock;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A folder of backups. Reading published backups needs no lock. A run that changes something holds
 * {@link #lock} from before its first read until after its last write.
 */
public final class Repository {

  private final Storage storage;
  private final PublishedBackups published;
  private final SourceBinding binding;
  private final Compactions compactions;

  private Repository(Storage storage) {
    this.storage = storage;
    this.published = new PublishedBackups(storage);
    this.binding = new SourceBinding(storage);
    this.compactions = new Compactions(storage);
  }

  /** The repository in this storage, which may not exist yet. Changes nothing. */
  public static Repository at(Storage storage) {
    return new Repository(storage);
  }

  /** The place where the files are. */
  public Storage storage() {
    return storage;
  }

  /** The folder or bucket, for messages; contains no secret. */
  public String location() {
    return storage.location();
  }

  public PublishedBackups published() {
    return published;
  }

  public ObjectIndex index() {
    return new ObjectIndex(storage, published, compactions);
  }

  public Compactor compactions() {
    return new Compactor(storage, index(), compactions);
  }

  public ObjectFiles objects() {
    return new ObjectFiles(storage);
  }

  public ObjectWalk objectWalk() {
    return new ObjectWalk(objects());
  }

  public ObjectProof objectProof() {
    return new ObjectProof(objects());
  }

  public RunRecords runs() {
    return new RunRecords(storage);
  }

  public CheckRecords checks() {
    return new CheckRecords(storage);
  }

  public AcceptedLosses acceptedLosses() {
    return new AcceptedLosses(storage);
  }

  public DamagedObjects damagedObjects() {
    return new DamagedObjects(storage, objects());
  }

  public PrunedBackups prunedBackups() {
    return new PrunedBackups(storage, published);
  }

  public UnreferencedObjects unreferencedObjects() {
    return new UnreferencedObjects(storage);
  }

  public RemovedObjects removedObjects() {
    return new RemovedObjects(storage, binding);
  }

  public BackupFiles files() {
    return new BackupFiles(storage, published);
  }

  public DeadRuns deadRuns() {
    return new DeadRuns(storage, published, objects(), damagedObjects());
  }

  /**
   * Locks the repository for one run. Creates its folder if it does not exist.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when another run holds the lock, or is planned and not published;
   *     REPOSITORY when the folder cannot be a repository
   */
  public RepositoryLocks.Held lock(String holder) throws IOException {
    return lock(holder, Optional.empty());
  }

  /** As {@link #lock}, for a backup that starts {@code now}: it ends a plan that has expired. */
  public RepositoryLocks.Held lockForBackup(String holder, Instant now) throws IOException {
    return lock(holder, Optional.of(now));
  }

  private RepositoryLocks.Held lock(String holder, Optional<Instant> now) throws IOException {
    RepositoryLocks.Held lock = lockPlanned(holder);
    try {
      plans().requireNone(now);
      return lock;
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  /** As {@link #lock}, for a step of a planned run, which a plan does not keep away. */
  public RepositoryLocks.Held lockPlanned(String holder) throws IOException {
    return storage.locks().exclusive(holder);
  }

  /** The planned runs. */
  public Plans plans() {
    return new Plans(storage);
  }

  /**
   * Takes the shared lock: other runs may read at the same time, and none can change anything.
   *
   * @param holder describes the run, for the error that other runs get
   * @throws Problem of kind HELD when a run holds the exclusive lock, NOT_FOUND when the folder
   *     does not exist
   */
  public RepositoryLocks.Held lockShared(String holder) throws IOException {
    return storage.locks().shared(holder);
  }

  /** Whether a run holds the exclusive lock now. */
  public boolean isHeld() throws IOException {
    return storage.locks().isHeld();
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
    Workspace workspace = open(ids().reserve(now), lock);
    lock.announce(workspace.id());
    return workspace;
  }

  /**
   * As {@link #reserve}, for a run that publishes backups of another repository under their own
   * ids. Its id is not announced, and its scratch is marked, so that nobody revokes it: this would
   * prevent nothing, and would occupy an id that a backup of the other repository may have.
   */
  public Workspace reserveToCopy(RepositoryLocks.Held lock, Instant now) throws IOException {
    RunId id = ids().reserve(now);
    new ScratchFolders(storage.scratch()).markCopy(id);
    return open(id, lock);
  }

  private Workspace open(RunId id, RepositoryLocks.Held lock) throws IOException {
    return new Workspace(storage, published, index(), id, lock);
  }

  /** Opens the scratch of a planned run whose parts are done. Needs the lock. */
  public Workspace openPlanned(RepositoryLocks.Held lock, RunId id) throws IOException {
    return Workspace.ofPlanned(storage, published, index(), id, lock);
  }

  /** Opens the scratch of a part of a planned run. Needs the part's lock. */
  public Workspace openPart(RepositoryLocks.Held lock, RunId id, int part) throws IOException {
    return Workspace.ofPart(storage, published, index(), id, part, lock);
  }

  /**
   * Reserves the id of a job that starts {@code now} and changes no backup, and opens its scratch
   * folder. Needs the shared lock.
   */
  public JobScratch openScratch(RepositoryLocks.Held lock, Instant now) throws IOException {
    return JobScratch.open(ids(), storage, lock, now);
  }

  /** Whether the job with this id runs, in this or another process or on another machine. */
  public boolean isAlive(RunId job) throws IOException {
    return FolderLock.isHeld(new ScratchFolders(storage.scratch()).alive(job))
        || storage.locks().isClaimed(job);
  }

  private RunIds ids() {
    return new RunIds(storage);
  }
}
