package io.parsecbackup.testing;

import io.parsecbackup.Cancellation;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RepositoryLocks;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.StorageCheck;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A storage that announces each write by the names that a folder gives to its steps, so that the
 * same test can end the program at the same places over every storage.
 */
public record CheckpointedStorage(Storage storage, Consumer<String> checkpoint) implements Storage {

  private interface Step {
    void run() throws IOException;
  }

  private void step(String step, Step work) throws IOException {
    checkpoint.accept("before " + step);
    work.run();
    checkpoint.accept("after " + step);
  }

  private static String renameTo(String name) {
    return "rename to " + name.substring(name.lastIndexOf('/') + 1);
  }

  @Override
  public void put(NewFile file) throws IOException {
    step(renameTo(file.name()), () -> storage.put(file));
  }

  @Override
  public void putUnflushed(NewFile file) throws IOException {
    step(renameTo(file.name()), () -> storage.putUnflushed(file));
  }

  @Override
  public boolean isOnServerOf(Storage other) {
    return storage.isOnServerOf(unwrapped(other));
  }

  @Override
  public boolean copyFrom(Storage other, StoredFile file, String sha256) throws IOException {
    checkpoint.accept("before " + renameTo(file.name()));
    boolean copied = storage.copyFrom(unwrapped(other), file, sha256);
    if (copied) {
      checkpoint.accept("after " + renameTo(file.name()));
    }
    return copied;
  }

  private static Storage unwrapped(Storage other) {
    return other instanceof CheckpointedStorage checked ? checked.storage : other;
  }

  @Override
  public void move(String from, String to) throws IOException {
    step(renameTo(to), () -> storage.move(from, to));
  }

  @Override
  public void flush(Cancellation cancellation) throws IOException {
    step("flush of the file system", () -> storage.flush(cancellation));
  }

  @Override
  public void delete(String name) throws IOException {
    step("delete of " + name.substring(name.lastIndexOf('/') + 1), () -> storage.delete(name));
  }

  @Override
  public boolean isRemote() {
    return storage.isRemote();
  }

  @Override
  public void abortUnfinished() throws IOException {
    storage.abortUnfinished();
  }

  @Override
  public String location() {
    return storage.location();
  }

  @Override
  public String locate(String name) {
    return storage.locate(name);
  }

  @Override
  public Optional<StoredFile> find(String name) throws IOException {
    return storage.find(name);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return storage.open(name);
  }

  @Override
  public InputStream open(String name, long offset, long length) throws IOException {
    return storage.open(name, offset, length);
  }

  @Override
  public Path local(String name, Optional<String> sha256) throws IOException {
    return storage.local(name, sha256);
  }

  @Override
  public void distrustCopies() {
    storage.distrustCopies();
  }

  @Override
  public Path localAgain(String name, String sha256) throws IOException {
    return storage.localAgain(name, sha256);
  }

  @Override
  public void setDate(String name, Instant date) throws IOException {
    storage.setDate(name, date);
  }

  @Override
  public void copy(String from, String to) throws IOException {
    storage.copy(from, to);
  }

  @Override
  public Iterator<StoredFile> list(String prefix) throws IOException {
    return storage.list(prefix);
  }

  @Override
  public List<String> children(String folder) throws IOException {
    return storage.children(folder);
  }

  @Override
  public List<String> foldersWith(String folder, String file) throws IOException {
    return storage.foldersWith(folder, file);
  }

  @Override
  public Optional<String> refusal(String name) throws IOException {
    return storage.refusal(name);
  }

  @Override
  public void deleteTree(String folder) throws IOException {
    storage.deleteTree(folder);
  }

  @Override
  public void probe() throws IOException {
    storage.probe();
  }

  @Override
  public void requireUsable() throws IOException {
    storage.requireUsable();
  }

  @Override
  public List<StorageCheck> checks() {
    return storage.checks();
  }

  @Override
  public void createFolders() throws IOException {
    storage.createFolders();
  }

  @Override
  public RepositoryLocks locks() {
    return storage.locks();
  }

  @Override
  public Path scratch() {
    return storage.scratch();
  }

  @Override
  public void flushScratch(Path file) throws IOException {
    storage.flushScratch(file);
  }

  @Override
  public OptionalLong usableSpace() throws IOException {
    return storage.usableSpace();
  }

  @Override
  public void close() {
    storage.close();
  }
}
