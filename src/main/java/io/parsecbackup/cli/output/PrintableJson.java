package io.parsecbackup.cli.output;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.parsecbackup.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Escapes in JSON what a terminal may interpret, beyond what JSON requires: DEL, C1 and other
 * characters that {@link Printable} escapes. A JSON parser reads the same text.
 */
final class PrintableJson extends CharacterEscapes {

  static final CharacterEscapes ESCAPES = new PrintableJson();

  private static final int[] ASCII = standardAsciiEscapesForJSON();

  static {
    ASCII[0x7f] = ESCAPE_STANDARD;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ASCII.clone();
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int c) {
    return Printable.isUnprintable(c) && !Character.isSurrogate((char) c)
        ? new SerializedString("\\u%04x".formatted(c))
        : null;
  }
}
