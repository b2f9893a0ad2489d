package io.parsecbackup.objectstore.storage;

import io.parsecbackup.Cancellation;
import io.parsecbackup.objectstore.bucket.Answer;
import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ListedFiles;
import io.parsecbackup.objectstore.bucket.ObjectCopy;
import io.parsecbackup.objectstore.bucket.ObjectDeletion;
import io.parsecbackup.objectstore.bucket.ObjectReader;
import io.parsecbackup.objectstore.bucket.ObjectWriter;
import io.parsecbackup.objectstore.bucket.PartsUpload;
import io.parsecbackup.objectstore.bucket.ResumingStream;
import io.parsecbackup.objectstore.bucket.UnfinishedUploads;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import io.parsecbackup.objectstore.lease.LeaseLocks;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.listing.ListingPage;
import io.parsecbackup.objectstore.listing.ListingPages;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DeletionRefusedException;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StoredFile;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * A repository in a bucket. A file is an object whose key is the prefix and the file's name. An
 * object is on stable storage when the server has answered, so there is nothing to flush.
 */
public final class BucketStorage implements Storage {

  private static final Logger LOG = Logger.getLogger(BucketStorage.class);

  private final BucketPlace place;
  private final BucketClient client;
  private final ObjectReader reader;
  private final ObjectWriter writer;
  private final PartsUpload parts;
  private final BucketCache cache;
  private final LeaseLocks locks;

  BucketStorage(
      BucketPlace place,
      BucketClient client,
      PartsSize parts,
      BucketCache cache,
      LeaseLocks locks) {
    this.place = place;
    this.client = client;
    this.reader = new ObjectReader(client);
    this.writer = new ObjectWriter(client, reader);
    this.parts = new PartsUpload(client, writer, parts.disk(), parts.bytes());
    this.cache = cache;
    this.locks = locks;
  }

  /**
   * How large files are uploaded.
   *
   * @param disk runs blocking work
   * @param bytes of a part
   */
  record PartsSize(java.util.concurrent.Executor disk, long bytes) {}

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
    try {
      return head(name)
          .map(found -> new StoredFile(name, found.size(), found.lastModified(), found.etag()));
    } catch (TransferException e) {
      throw Failures.of(locate(name), "read", e);
    }
  }

  private Optional<Answer> head(String name) throws IOException {
    String key = place.key(name);
    try {
      return Optional.of(client.send(BucketRequest.of(HttpMethod.HEAD, key)));
    } catch (TransferException e) {
      if (e.kind() != Kind.ABSENT) {
        throw e;
      }
    }
    // The answer to HEAD does not say what is missing. It may be the bucket, or come from a proxy.
    BucketRequest first = BucketRequest.of(HttpMethod.GET, key).header("Range", "bytes=0-0");
    try {
      client.send(first);
    } catch (TransferException e) {
      if (e.kind() == Kind.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(client.send(BucketRequest.of(HttpMethod.HEAD, key)));
  }

  private StoredFile require(String name) throws IOException {
    return find(name).orElseThrow(() -> new NoSuchFileException(locate(name)));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return open(name, 0, Long.MAX_VALUE);
  }

  @Override
  public InputStream open(String name, long offset, long length) throws IOException {
    String key = place.key(name);
    if (length <= 0) {
      require(name);
      return InputStream.nullInputStream();
    }
    return new ResumingStream(reader, locate(name), new ObjectReader.Part(key, "", offset, length));
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
    write(file);
    if (file.content() instanceof Content.InFile local) {
      Files.deleteIfExists(local.file());
    }
  }

  @Override
  public void putUnflushed(NewFile file) throws IOException {
    put(file);
  }

  /** Writes a file, and leaves the local one. */
  private void write(NewFile file) throws IOException {
    String key = place.key(file.name());
    try {
      if (file.content() instanceof Content.InFile local && parts.isFor(local)) {
        if (file.condition() instanceof NewFile.IfAbsent && find(file.name()).isPresent()) {
          // Before the upload, and because not every server takes the condition at its end.
          throw unmet(file.name());
        }
        parts.put(key, local, file.condition());
      } else {
        writer.put(key, file.content(), file.condition());
      }
    } catch (TransferException e) {
      throw e.kind() == Kind.PRESENT
          ? unmet(file.name())
          : Failures.of(locate(file.name()), "written", e);
    }
  }

  private ConditionFailedException unmet(String name) {
    return new ConditionFailedException(
        locate(name) + " was not written, because another run has written or changed it");
  }

  @Override
  public void setDate(String name, Instant date) throws IOException {
    require(name);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    StoredFile source = require(from);
    if (find(to).isPresent()) {
      return;
    }
    try {
      new ObjectCopy(client, place).copy(source, to);
    } catch (TransferException e) {
      throw Failures.of(locate(to), "written", e);
    }
  }

  @Override
  public boolean isOnServerOf(Storage other) {
    return other instanceof BucketStorage bucket
        && bucket.place.address().isOnServerOf(place.address());
  }

  @Override
  public boolean copyFrom(Storage other, StoredFile file, String sha256) throws IOException {
    return other instanceof BucketStorage bucket
        ? new ObjectCopy(client, place).copyFrom(bucket.place, file, sha256)
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
    return new ListedFiles(pages(place.keyPrefix() + prefix, ""), place);
  }

  private ListingPages pages(String prefix, String delimiter) {
    return new S3Listing(client.connection(), client.retries()).pages(prefix, delimiter);
  }

  @Override
  public List<String> children(String folder) throws IOException {
    String prefix =
        place.keyPrefix() + (folder.isEmpty() ? "" : place.name(place.key(folder)) + "/");
    TreeSet<String> names = new TreeSet<>();
    ListingPages pages = pages(prefix, "/");
    try {
      ListingPage page;
      do {
        page = BucketClient.await(pages.next());
        for (ListedObject object : page.objects()) {
          names.add(object.key().substring(prefix.length()));
        }
        for (String below : page.folders()) {
          names.add(below.substring(prefix.length(), below.length() - 1));
        }
      } while (page.truncated());
    } catch (TransferException e) {
      throw Failures.of(locate(folder), "listed", e);
    }
    names.remove("");
    return new ArrayList<>(names);
  }

  @Override
  public List<String> foldersWith(String folder, String file) throws IOException {
    String prefix = place.name(place.key(folder)) + "/";
    String suffix = "/" + file;
    TreeSet<String> found = new TreeSet<>();
    for (Iterator<StoredFile> files = list(prefix); files.hasNext(); ) {
      String name = files.next().name();
      if (name.endsWith(suffix)) {
        String child = name.substring(prefix.length(), name.length() - suffix.length());
        if (child.indexOf('/') < 0) {
          found.add(child);
        }
      }
    }
    return new ArrayList<>(found);
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
    String prefix = place.name(place.key(folder)) + "/";
    new ObjectDeletion(client, place).deleteAll(list(prefix));
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
    return new BucketTrial(client, place, reader).run();
  }

  @Override
  public void requireUsable() throws IOException {
    children("");
  }

  @Override
  public List<StorageCheck> checks() {
    return new BucketChecks(this).all();
  }

  /** Who can delete objects, as far as the bucket's settings tell. */
  public BucketProtection protection() throws IOException {
    return BucketProtection.read(client);
  }

  /** What the server says about the retention of a file. */
  BucketProtection.Retention retention(String name) throws IOException {
    return BucketProtection.retention(client, place.key(name));
  }

  @Override
  public void close() {
    locks.close();
    client.close();
  }
}
