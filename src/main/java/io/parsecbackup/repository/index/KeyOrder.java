package io.parsecbackup.repository.index;

import java.util.Comparator;

/**
 * The order of keys in the whole program: that of their UTF-8 bytes, as in S3 listings and
 * PostgreSQL's {@code COLLATE "C"}. Java orders strings differently if a character needs a
 * surrogate pair.
 */
public final class KeyOrder {

  public static final Comparator<String> BYTES = KeyOrder::compare;

  private KeyOrder() {}

  /** Negative, zero or positive: {@code a} is lower than, equal to or higher than {@code b}. */
  public static int compare(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return rank(x) - rank(y);
      }
    }
    return a.length() - b.length();
  }

  /** UTF-8 sorts characters of surrogate pairs after all others, UTF-16 before U+E000. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }
}
