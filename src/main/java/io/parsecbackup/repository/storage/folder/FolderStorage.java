package io.parsecbackup.repository.storage.folder;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.ConditionFailedException;
import io.parsecbackup.repository.storage.Content;
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
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

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

  /**
   * @param root may not exist yet
   * @param stable executes each flush and rename
   */
  public FolderStorage(Path root, StableStorage stable) {
    this.root = root.toAbsolutePath().normalize();
    this.files = new RepositoryFiles(this.root);
    this.stable = stable;
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
    return new Part(Channels.newInputStream(channel), length);
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
    write(file, true);
  }

  @Override
  public void putUnflushed(NewFile file) throws IOException {
    write(file, false);
  }

  private void write(NewFile file, boolean flushed) throws IOException {
    Path target = files.path(file.name());
    requireMet(file.condition(), target);
    Path complete =
        switch (file.content()) {
          case Content.InMemory memory -> temporary(target, memory.bytes(), flushed);
          case Content.InFile scratch -> {
            if (flushed) {
              stable.flush(scratch.file());
            }
            yield scratch.file();
          }
        };
    if (file.date().isPresent()) {
      stable.dates().set(complete, file.date().get());
    }
    moveTo(target, complete, flushed);
  }

  /**
   * Checks the condition before the rename. Nothing can come between the two: only the holder of
   * the kernel's lock publishes, and names that the holders of a shared lock write contain their
   * own ids.
   */
  private void requireMet(NewFile.Condition condition, Path target) throws IOException {
    switch (condition) {
      // Does not look at the file itself: with a million objects that would count.
      case NewFile.Always always -> files.requireFoldersAbove(target);
      case NewFile.IfAbsent absent -> {
        if (files.exists(target)) {
          throw new ConditionFailedException(target + " exists already");
        }
      }
      case NewFile.IfUnchanged(String tag) -> {
        if (!files.exists(target) || !tag.isEmpty()) {
          throw new ConditionFailedException(target + " is not the file that was read");
        }
      }
    }
  }

  private Path temporary(Path target, byte[] bytes, boolean flushed) throws IOException {
    files.createFolders(scratch());
    Path temporary = scratch().resolve(Layout.NEW + UUID.randomUUID());
    try {
      if (flushed) {
        stable.write(temporary, target, bytes);
      } else {
        try (OutputStream out = Channels.newOutputStream(PrivateFiles.create(temporary))) {
          out.write(bytes);
        }
      }
      return temporary;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private void moveTo(Path target, Path complete, boolean flushed) throws IOException {
    Path folder = RepositoryFiles.parent(target);
    List<Path> changed = new ArrayList<>(List.of(folder));
    try {
      stable.rename(complete, target);
    } catch (NoSuchFileException e) {
      changed.addAll(createFolders(folder));
      stable.rename(complete, target);
    }
    if (flushed) {
      for (Path with : changed) {
        stable.flushFolder(with);
      }
    }
  }

  /** Creates a folder below the root. Returns the folders in which it created others. */
  private List<Path> createFolders(Path folder) throws IOException {
    List<Path> changed = new ArrayList<>();
    for (Path made = folder; !Files.exists(made) && !made.equals(root); ) {
      made = RepositoryFiles.parent(made);
      changed.add(made);
    }
    files.createFolders(folder);
    return changed;
  }

  @Override
  public void setDate(String name, Instant date) throws IOException {
    Path file = files.path(name);
    BasicFileAttributes found =
        files.find(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
    Duration apart = Duration.between(found.lastModifiedTime().toInstant(), date).abs();
    // Some file systems store dates in whole seconds.
    if (apart.compareTo(Duration.ofSeconds(1)) >= 0) {
      stable.dates().set(file, date);
    }
  }

  @Override
  public void copy(String from, String to) throws IOException {
    Path source = files.require(files.path(from));
    Path target = files.path(to);
    if (files.exists(target)) {
      return;
    }
    files.createFolders(RepositoryFiles.parent(target));
    try {
      Files.createLink(target, source);
    } catch (FileAlreadyExistsException e) {
      // Another thread has copied it.
    } catch (IOException | UnsupportedOperationException e) {
      // The file system has no hard links: make a copy and rename it when it is complete.
      files.createFolders(scratch());
      Path temporary = scratch().resolve(Layout.NEW + UUID.randomUUID());
      try (InputStream in = files.open(source);
          OutputStream out = Channels.newOutputStream(PrivateFiles.create(temporary))) {
        in.transferTo(out);
      }
      stable.flush(temporary);
      stable.rename(temporary, target);
    }
  }

  @Override
  public void distrustCopies() {
    // Everything is read from the folder itself.
  }

  @Override
  public void move(String from, String to) throws IOException {
    Path source = files.path(from);
    // A link is moved itself, so it leads nowhere from its new place either.
    if (!files.exists(source)) {
      throw new NoSuchFileException(source.toString());
    }
    Path target = files.path(to);
    if (!files.exists(target)) {
      files.createFolders(RepositoryFiles.parent(target));
      stable.rename(source, target);
    }
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
      // A link is not an object's file, so it prevents nothing.
      if (Files.isRegularFile(above, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("another key is a prefix of it");
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

  /** The next bytes of a stream. */
  private static final class Part extends FilterInputStream {

    private long left;

    Part(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int read = super.read(into, at, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(Math.min(bytes, left));
      left -= skipped;
      return skipped;
    }
  }
}
