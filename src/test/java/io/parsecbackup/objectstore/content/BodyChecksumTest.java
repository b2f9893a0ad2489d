package io.parsecbackup.objectstore.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyChecksumTest {

  private static final byte[] DIGITS = "123456789".getBytes(US_ASCII);

  private static Optional<BodyChecksum> of(Map<String, String> headers) {
    return BodyChecksum.of(name -> headers.getOrDefault(name, ""));
  }

  /** The check values of the algorithms' own definitions. */
  @ParameterizedTest
  @CsvSource({
    "crc32, cbf43926",
    "crc32c, e3069283",
    "crc64nvme, ae8b14860a799888",
    "sha1, f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    "sha256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
  })
  void knowsTheAlgorithmsOfS3(String algorithm, String hex) {
    String value = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    Map<String, String> headers = Map.of("x-amz-checksum-" + algorithm, value);
    BodyChecksum right = of(headers).orElseThrow();
    for (byte digit : DIGITS) {
      right.update(ByteBuffer.wrap(new byte[] {digit}));
    }
    BodyChecksum.Result result = right.result();
    assertTrue(result.matches(), result::words);
    BodyChecksum wrong = of(headers).orElseThrow();
    wrong.update(ByteBuffer.wrap(DIGITS, 1, 8));
    assertFalse(wrong.result().matches());
    assertTrue(wrong.result().words().contains(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "y/Q5Jg==-2", "?", "AAAA", "y/Q5JgAAAAA="})
  void ignoresAValueThatIsNotAChecksumOfTheWholeBody(String value) {
    assertEquals(Optional.empty(), of(Map.of("x-amz-checksum-crc32", value)));
  }

  @Test
  void ignoresChecksumsOfParts() {
    assertEquals(
        Optional.empty(),
        of(Map.of("x-amz-checksum-crc32", "y/Q5Jg==", "x-amz-checksum-type", "COMPOSITE")));
  }
}
