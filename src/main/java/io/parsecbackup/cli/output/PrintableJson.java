package io.parsecbackup.cli.output;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.parsecbackup.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON document on a terminal escapes beside what JSON itself demands: DEL, C1 and other
 * characters that {@link Printable} does not let through. A program reads the same text.
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
