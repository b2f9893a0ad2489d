package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Folders;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.PlainFiles;
import io.parsecbackup.repository.storage.PrivateFiles;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Sha256;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A repository in a folder. It opens regular files only, follows no link below the root, and makes
 * files and folders that only their owner may read. Before a file gets its name it is complete in
 * {@code tmp/} on the same file system.
 */
public final class FolderStorage implements Storage {

  /** The folder in {@code tmp/} in which the file system is tested. */
  static final String PROBE = "probe";

  private final Path root;
  private final RepositoryFiles files;
  private final StableStorage stable;
  private final FolderWrites writes;

  /**
   * @param root may not exist yet
   * @param stable executes each flush and rename
   */
  public FolderStorage(Path root, StableStorage stable) {
    this.root = root.toAbsolutePath().normalize();
    this.files = new RepositoryFiles(this.root);
    this.stable = stable;
    this.writes = new FolderWrites(this.root, files, stable, new TemporaryFiles(scratch(), files));
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public String locate(String name) {
    return location() + "/" + name;
  }

  @Override
  public Optional<StoredFile> find(String name) throws IOException {
    return files.find(files.path(name)).map(found -> RepositoryFiles.stored(name, found));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return files.open(files.path(name));
  }

  @Override
  public InputStream open(String name, long offset, long length) throws IOException {
    FileChannel channel = files.openChannel(files.path(name)).position(offset);
    return new FilePart(Channels.newInputStream(channel), length);
  }

  @Override
  public Path local(String name, Optional<String> sha256) throws IOException {
    Path file = files.require(files.path(name));
    if (sha256.isPresent()) {
      String found = Sha256.of(file);
      if (!found.equals(sha256.get())) {
        throw new DigestMismatchException(file.toString(), sha256.get(), found);
      }
    }
    return file;
  }

  @Override
  public Path localAgain(String name, String sha256) throws IOException {
    return local(name, Optional.empty());
  }

  @Override
  public void put(NewFile file) throws IOException {
    writes.put(file, true);
  }

  @Override
  public void putUnflushed(NewFile file) throws IOException {
    writes.put(file, false);
  }

  @Override
  public void setDate(String name, Instant date) throws IOException {
    writes.setDate(files.path(name), date);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    writes.copy(files.require(files.path(from)), files.path(to));
  }

  @Override
  public void distrustCopies() {
    // Everything is read from the folder itself.
  }

  @Override
  public void move(String from, String to) throws IOException {
    writes.move(files.path(from), files.path(to));
  }

  @Override
  public void flush(Cancellation cancellation) throws IOException {
    stable.flushFileSystem(root, cancellation);
  }

  @Override
  public Iterator<StoredFile> list(String prefix) throws IOException {
    return FolderListing.of(root, files, prefix);
  }

  @Override
  public List<String> children(String folder) throws IOException {
    return files.list(folder.isEmpty() ? root : files.path(folder), name -> true).stream()
        .map(file -> file.getFileName().toString())
        .sorted()
        .toList();
  }

  @Override
  public List<String> foldersWith(String folder, String file) throws IOException {
    List<String> with = new ArrayList<>();
    for (String name : children(folder)) {
      if (mayExist(folder + "/" + name + "/" + file)) {
        with.add(name);
      }
    }
    return with;
  }

  /** True also if that cannot be determined. */
  private boolean mayExist(String name) {
    try {
      return find(name).isPresent();
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public Optional<String> refusal(String name) throws IOException {
    Path file = files.path(name);
    if (PlainFiles.look(file).filter(BasicFileAttributes::isDirectory).isPresent()) {
      return Optional.of("other keys are below it");
    }
    for (Path above = RepositoryFiles.parent(file);
        !above.equals(root);
        above = RepositoryFiles.parent(above)) {
      Optional<BasicFileAttributes> found = PlainFiles.look(above);
      // A link is not an object's file, so it prevents nothing.
      if (found.isPresent() && found.get().isRegularFile()) {
        return Optional.of("another key is a prefix of it");
      }
      if (found.isPresent() && found.get().isDirectory()) {
        // Then everything above it is a folder too.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = files.path(name);
    stable.delete(file, () -> files.deleteIfExists(file));
  }

  @Override
  public void deleteTree(String folder) throws IOException {
    Path path = files.path(folder);
    if (PlainFiles.look(path).isPresent()) {
      stable.delete(path, () -> files.deleteTree(path));
    }
  }

  @Override
  public void probe() throws IOException {
    Path probe = scratch().resolve(PROBE);
    files.createFolders(scratch());
    files.deleteTree(probe);
    PrivateFiles.createFolder(probe);
    FileSystemProbe.check(probe);
  }

  @Override
  public void requireUsable() throws IOException {
    new FolderChecks(root, files, stable).requireWritable();
    new FolderLocks(root, files).requirePlain();
  }

  @Override
  public List<StorageCheck> checks() {
    return new FolderChecks(root, files, stable).all();
  }

  @Override
  public void createFolders() throws IOException {
    for (String folder : Layout.FOLDERS) {
      files.createFolders(root.resolve(folder));
    }
  }

  @Override
  public RepositoryLocks locks() {
    return new FolderLocks(root, files);
  }

  @Override
  public Path scratch() {
    return root.resolve(Layout.TMP);
  }

  @Override
  public void flushScratch(Path file) throws IOException {
    stable.flush(file);
    stable.flushFolder(RepositoryFiles.parent(file));
    stable.flushFolder(scratch());
  }

  @Override
  public OptionalLong usableSpace() throws IOException {
    return OptionalLong.of(Files.getFileStore(Folders.nearestExisting(root)).getUsableSpace());
  }

  @Override
  public void close() {}
}
