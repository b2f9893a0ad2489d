package io.parsecbackup.repository.index;

/** A check of a part of a line, without making text of it. */
interface LineCheck {

  /** Of the bytes from {@code from} up to, but not including, {@code end}. */
  boolean passes(byte[] bytes, int from, int end);
}
