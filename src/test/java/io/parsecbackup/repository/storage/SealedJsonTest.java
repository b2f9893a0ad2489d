package io.parsecbackup.repository.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealedJsonTest {

  private static final byte[] SEALED = SealedJson.seal(document());

  private static ObjectNode document() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("id", "20261122T020000Z");
    document.put("error", "a \"seal\": \"" + "0".repeat(64) + "\" in a text");
    document.putObject("dump").put("bytes", 1);
    return document;
  }

  @Test
  void opensADocumentThatItSealed() {
    ObjectNode opened = SealedJson.open(SEALED).orElseThrow();
    assertEquals(64, opened.path("seal").asText().length());
    opened.remove("seal");
    assertEquals(document(), opened);
  }

  @Test
  void findsEverySingleFlippedBit() {
    for (int bit = 0; bit < SEALED.length * 8; bit++) {
      byte[] flipped = SEALED.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertEquals(
          Optional.empty(),
          SealedJson.open(flipped),
          () -> new String(flipped, StandardCharsets.UTF_8));
    }
  }

  @Test
  void findsEveryTruncationAndAnAppendedLine() {
    for (int length = 0; length < SEALED.length; length++) {
      assertTrue(SealedJson.open(Arrays.copyOf(SEALED, length)).isEmpty());
    }
    byte[] longer = Arrays.copyOf(SEALED, SEALED.length + 1);
    longer[SEALED.length] = '\n';
    assertTrue(SealedJson.open(longer).isEmpty());
  }
}
