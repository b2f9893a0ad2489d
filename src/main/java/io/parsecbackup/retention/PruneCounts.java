package io.parsecbackup.retention;

import io.parsecbackup.job.JobResult;

/** How much a prune removed so far. */
final class PruneCounts {

  private long backups;
  private long objects;
  private long bytes;
  private long waiting;
  private long records;
  private long refused;

  void backup(long size) {
    backups++;
    bytes += size;
  }

  void object(long size) {
    objects++;
    bytes += size;
  }

  void waiting() {
    waiting++;
  }

  void record() {
    records++;
  }

  void refused(long count) {
    refused += count;
  }

  JobResult.Removed result() {
    return new JobResult.Removed(backups, objects, bytes, waiting, records, refused);
  }
}
