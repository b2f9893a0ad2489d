package io.parsecbackup.repository.index;

/** Checks a part of a line as bytes, without decoding it. */
interface LineCheck {

  /** Checks the bytes from {@code from} up to, but not including, {@code end}. */
  boolean passes(byte[] bytes, int from, int end);
}
