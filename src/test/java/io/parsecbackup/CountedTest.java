package io.parsecbackup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CountedTest {

  @Test
  void usesSingularAndPlural() {
    assertEquals("0 objects", Counted.of(0, "object"));
    assertEquals("1 object", Counted.of(1, "object"));
    assertEquals("2 objects", Counted.of(2, "object"));
    assertEquals("1 key is refused", Counted.of(1, "key is refused", "keys are refused"));
    assertEquals("3 keys are refused", Counted.of(3, "key is refused", "keys are refused"));
  }
}
