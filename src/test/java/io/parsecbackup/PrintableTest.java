package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 0x07, 0x08, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066,
        0x2069, 0xfeff
      })
  void escapesTerminalControlCharacters(int c) {
    String text = "a" + Character.toString(c) + "b";
    assertEquals(
        c < 0x100 ? "a\\x%02xb".formatted(c) : "a\\u%04xb".formatted(c), Printable.text(text));
    assertEquals(Printable.text(text), Printable.line(text));
  }

  @Test
  void keepsLettersOfAnyScript() {
    String text = "\u00c9l\u00e9phant-\u65e5\u672c \u0645\u0631\u062d\u0628\u0627 \ud842\udfb7\t1%";
    assertEquals(text, Printable.text(text));
    assertEquals(text, Printable.line(text));
    assertFalse(Printable.isNeededFor(text));
  }

  @Test
  void escapesHalfACharacter() {
    assertEquals("a\\ud842b", Printable.text("a\ud842b"));
  }

  @Test
  void indentsFurtherLines() {
    assertEquals("key\n  backup x is complete", Printable.text("key\nbackup x is complete"));
    assertEquals("key\\x0abackup x is complete", Printable.line("key\nbackup x is complete"));
  }
}
