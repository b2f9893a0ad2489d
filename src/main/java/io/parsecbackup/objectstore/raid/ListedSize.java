package io.parsecbackup.objectstore.raid;

/** What the listing of a source shows about an object's size. */
public sealed interface ListedSize {

  /** The object's size in bytes. */
  record Whole(long bytes) implements ListedSize {}

  /** The length of the object's chunks, with RAID5. Objects of several sizes have the same one. */
  record Chunks(long bytes) implements ListedSize {}
}
