package io.parsecbackup.objectstore.storage;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.ObjectDeletion;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.UnfinishedUploads;
import io.parsecbackup.objectstore.lease.LeaseLocks;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * A repository in a bucket. A file is an object whose key is the prefix and the file's name. An
 * object is on stable storage when the server has answered, so there is nothing to flush.
 */
public final class BucketStorage implements Storage {

  private static final Logger LOG = Logger.getLogger(BucketStorage.class);

  private final BucketPlace place;
  private final BucketClient client;
  private final BucketReads reads;
  private final BucketFolders folders;
  private final BucketWrites writes;
  private final BucketCache cache;
  private final LeaseLocks locks;

  BucketStorage(
      BucketPlace place,
      BucketClient client,
      BucketWrites.PartsSize parts,
      BucketCache cache,
      LeaseLocks locks) {
    this.place = place;
    this.client = client;
    this.reads = new BucketReads(client, place, new ObjectReader(client));
    this.folders = new BucketFolders(client, place);
    this.writes = new BucketWrites(reads, parts);
    this.cache = cache;
    this.locks = locks;
  }

  @Override
  public String location() {
    return place.location();
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public String locate(String name) {
    return place.locate(name);
  }

  @Override
  public Optional<StoredFile> find(String name) throws IOException {
    return reads.find(name);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return reads.open(name);
  }

  @Override
  public InputStream open(String name, long offset, long length) throws IOException {
    return reads.open(name, offset, length);
  }

  @Override
  public Path local(String name, Optional<String> sha256) throws IOException {
    place.key(name);
    return sha256.isPresent()
        ? cache.get(locate(name), sha256.get(), () -> open(name))
        : cache.download(() -> open(name));
  }

  @Override
  public void distrustCopies() {
    cache.distrustCopies();
  }

  @Override
  public Path localAgain(String name, String sha256) throws IOException {
    place.key(name);
    return cache.getAgain(locate(name), sha256, () -> open(name));
  }

  @Override
  public void put(NewFile file) throws IOException {
    writes.put(file);
  }

  @Override
  public void putUnflushed(NewFile file) throws IOException {
    writes.put(file);
  }

  @Override
  public void setDate(String name, Instant date) throws IOException {
    reads.require(name);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    writes.copy(from, to);
  }

  @Override
  public boolean isOnServerOf(Storage other) {
    return other instanceof BucketStorage bucket
        && bucket.place.address().isOnServerOf(place.address());
  }

  @Override
  public boolean copyFrom(Storage other, StoredFile file, String sha256) throws IOException {
    return other instanceof BucketStorage bucket
        ? writes.copyFrom(bucket.place, file, sha256)
        : Storage.super.copyFrom(other, file, sha256);
  }

  @Override
  public void move(String from, String to) throws IOException {
    copy(from, to);
    try {
      delete(from);
    } catch (DeletionRefusedException stays) {
      // The caller expects this.
    }
  }

  @Override
  public void flush(Cancellation cancellation) {
    cancellation.throwIfCancelled();
  }

  @Override
  public Iterator<StoredFile> list(String prefix) {
    return folders.list(prefix);
  }

  @Override
  public List<String> children(String folder) throws IOException {
    return folders.children(folder);
  }

  @Override
  public List<String> foldersWith(String folder, String file) throws IOException {
    return folders.foldersWith(folder, file);
  }

  @Override
  public Optional<String> refusal(String name) {
    return place.refusal(name);
  }

  @Override
  public void delete(String name) throws IOException {
    new ObjectDeletion(client, place).delete(name);
  }

  @Override
  public void deleteTree(String folder) throws IOException {
    new ObjectDeletion(client, place).deleteAll(folders.list(folders.prefix(folder)));
  }

  @Override
  public RepositoryLocks locks() {
    return locks;
  }

  @Override
  public Path scratch() {
    return cache.scratch();
  }

  @Override
  public void createFolders() throws IOException {
    cache.create();
  }

  @Override
  public void flushScratch(Path file) throws IOException {
    try (FileChannel channel = PlainFiles.openChannel(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  @Override
  public OptionalLong usableSpace() {
    return OptionalLong.empty();
  }

  @Override
  public void abortUnfinished() throws IOException {
    int ended = abortUnfinishedUploads();
    if (ended > 0) {
      LOG.infof("Unfinished uploads of earlier runs that were ended: %d", ended);
    }
  }

  /** As {@link #abortUnfinished}, and returns how many were ended. */
  int abortUnfinishedUploads() throws IOException {
    return new UnfinishedUploads(client, place.keyPrefix()).abortAll();
  }

  @Override
  public void probe() throws IOException {
    capabilities().notes().forEach(note -> LOG.infof("In the bucket of %s %s", location(), note));
  }

  /**
   * Tries what a repository relies on. Leaves one small file, {@code tmp/probe}.
   *
   * @throws io.parsecbackup.Problem of kind REPOSITORY when something is missing that a backup
   *     depends on
   */
  public BucketCapabilities capabilities() throws IOException {
    return BucketTrial.of(reads).run();
  }

  @Override
  public void requireUsable() throws IOException {
    children("");
  }

  @Override
  public List<StorageCheck> checks() {
    return new BucketChecks(reads, folders).all();
  }

  /** Who can delete objects, as far as the bucket's settings tell. */
  public BucketProtection protection() throws IOException {
    return BucketProtection.read(client);
  }

  @Override
  public void close() {
    locks.close();
    client.close();
  }
}
