package io.parsecbackup.dump;

import io.parsecbackup.dump.archive.DumpFormat;
import java.util.Optional;

/** What a backup takes of the database: the values of {@code parsec.backup.dump.format}. */
public enum DumpChoice {
  CUSTOM(Optional.of(DumpFormat.CUSTOM)),
  DIRECTORY(Optional.of(DumpFormat.DIRECTORY)),
  PLAIN(Optional.of(DumpFormat.PLAIN)),
  /** No dump: another tool backs up the database. */
  NONE(Optional.empty());

  private final Optional<DumpFormat> format;

  DumpChoice(Optional<DumpFormat> format) {
    this.format = format;
  }

  /** The format of the dump; empty if no dump is taken. */
  public Optional<DumpFormat> format() {
    return format;
  }
}
