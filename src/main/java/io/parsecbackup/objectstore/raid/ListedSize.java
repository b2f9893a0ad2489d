package io.parsecbackup.objectstore.raid;

/** The size of an object as the listing of a source shows it. */
public sealed interface ListedSize {

  /** The object's size in bytes. */
  record Whole(long bytes) implements ListedSize {}

  /** The length of the object's chunks, with RAID5. Objects of several sizes have the same one. */
  record Chunks(long bytes) implements ListedSize {}
}
