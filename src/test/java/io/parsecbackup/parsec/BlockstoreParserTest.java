package io.parsecbackup.parsec;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import io.parsecbackup.parsec.Blockstore.Mocked;
import io.parsecbackup.parsec.Blockstore.Postgresql;
import io.parsecbackup.parsec.Blockstore.Raid;
import io.parsecbackup.parsec.Blockstore.S3;
import io.parsecbackup.parsec.Blockstore.Swift;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockstoreParserTest {

  private static S3 s3(String value) {
    return (S3) BlockstoreParser.parse(value);
  }

  @Test
  void readsTypicalExamples() {
    assertEquals(
        new S3(Optional.of("http://minio:9000"), "r", "bucket", "key", "secret"),
        BlockstoreParser.parse("s3:http\\://minio\\:9000:r:bucket:key:secret"));
    assertEquals(
        new S3(Optional.of("https://minio:9000"), "r", "b", "k", "s"),
        BlockstoreParser.parse("s3:minio\\:9000:r:b:k:s"));
    assertEquals(
        new S3(Optional.of("http://s3.example.com"), "region1", "bucketA", "key123", ":S3cr3t\\"),
        BlockstoreParser.parse("s3:http\\://s3.example.com:region1:bucketA:key123:\\:S3cr3t\\\\"));
    assertEquals(
        new S3(Optional.empty(), "eu-west-3", "b", "k", "s"),
        BlockstoreParser.parse("s3::eu-west-3:b:k:s"));
  }

  @Test
  void addressesABucketByPathIfAnEndpointIsSet() {
    assertTrue(s3("s3:minio:r:b:k:s").pathStyle());
    assertFalse(s3("s3::r:b:k:s").pathStyle());
  }

  @ParameterizedTest
  @CsvSource({
    "\\:,        :",
    "\\\\,       \\",
    "a\\xb,      a\\xb",
    "a\\,        a\\",
    "\\\\\\:,    \\:",
    "\\\\\\\\,   \\\\",
    "a\\/b+c=,   a\\/b+c=",
    "clé✓,       clé✓"
  })
  void unescapesAColonAndABackslashAndNothingElse(String written, String meant) {
    assertEquals(meant, s3("s3::r:b:k:" + written).secretKey());
  }

  @ParameterizedTest
  @CsvSource({
    "minio,                 https://minio",
    "http\\://minio,        http://minio",
    "https\\://minio/base,  https://minio/base",
    "httpd.example.org,     https://httpd.example.org",
    "[\\:\\:1]\\:9000,      https://[::1]:9000"
  })
  void putsHttpsBeforeAnEndpointWithoutAScheme(String written, String meant) {
    assertEquals(Optional.of(meant), s3("s3:" + written + ":r:b:k:s").endpoint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3::r:b:k:s", "S3::r:b:k:s", " \t s3::r:b:k:s \n"})
  void readsTheTypeInAnyCaseAndIgnoresSurroundingSpace(String value) {
    assertEquals(new S3(Optional.empty(), "r", "b", "k", "s"), BlockstoreParser.parse(value));
  }

  @Test
  void readsTheOtherStores() {
    assertEquals(new Postgresql(), BlockstoreParser.parse("POSTGRESQL"));
    assertEquals(new Postgresql(), BlockstoreParser.parse("postgresql"));
    assertEquals(new Mocked(), BlockstoreParser.parse("Mocked"));
    assertEquals(
        new Swift("http://auth:5000", "t", "c", "u", "p:w"),
        BlockstoreParser.parse("swift:http\\://auth\\:5000:t:c:u:p\\:w"));
  }

  @Test
  void sortsTheNodesOfARaidByIndex() {
    Raid raid =
        (Raid) BlockstoreParser.parse("raid5:2:MOCKED raid5:0:s3::r:b:k:s\nraid5:01:POSTGRESQL");
    assertEquals(RaidMode.RAID5, raid.mode());
    assertEquals(
        List.of(new S3(Optional.empty(), "r", "b", "k", "s"), new Postgresql(), new Mocked()),
        raid.nodes());
    assertEquals(
        new Raid(RaidMode.RAID1, List.of(new Mocked())), BlockstoreParser.parse("RAID1:0:MOCKED"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                     | is empty",
        "' \t'                                  | is empty",
        "s3                                     | has 0 fields after s3: instead of 5",
        "s3::r:b:k                              | has 4 fields after s3: instead of 5",
        "s3::r:b:k:s3cret:x                     | has 6 fields after s3: instead of 5",
        "s3:http://minio:9000:r:b:k:s3cret      | has 7 fields after s3: instead of 5",
        "s3:http://minio:b:k:s3cret             | colon in the endpoint that is not escaped",
        "s3:HTTP\\://minio:r:b:k:s3cret         | lower case",
        "s3:http\\://:r:b:k:s3cret              | endpoint without a host",
        "s3:https\\://\\:9000:r:b:k:s3cret      | endpoint without a host",
        "s3:u\\:s3cret@minio:r:b:k:s3cret       | user or password in the endpoint",
        "s3:::b:k:s3cret                        | empty region (field 2)",
        "s3::r::k:s3cret                        | empty bucket (field 3)",
        "s3::r:b::s3cret                        | empty key (field 4)",
        "s3::r:b:k:                             | empty secret (field 5)",
        "swift:a:t:c:u                          | has 4 fields after swift: instead of 5",
        "swift:a:t:c:u:                         | empty password (field 5)",
        "swift::t:c:u:s3cret                    | empty authentication URL (field 1)",
        "MOCKED:s3cret                          | something after MOCKED",
        "POSTGRESQL:s3cret                      | something after POSTGRESQL",
        "s3cret                                 | a type that Parsec does not know",
        "RAID6:0:s3::r:b:k:s3cret               | a type that Parsec does not know",
        "s3::r:b:k:s3cret MOCKED                | 2 configurations without RAID",
        "s3::r:b:k:s3 cret                      | 2 configurations without RAID",
        "RAID1:0:MOCKED MOCKED                  | configuration 2 of 2 has no RAID prefix",
        "MOCKED RAID1:0:MOCKED                  | configuration 1 of 2 has no RAID prefix",
        "RAID1:0:MOCKED raid1:1:MOCKED          | Use the same prefix",
        "RAID0:0:MOCKED RAID1:1:MOCKED          | Use the same prefix",
        "RAID1:0:MOCKED RAID1:0:MOCKED          | has the index 0 a second time",
        "RAID1:0:MOCKED RAID1:2:MOCKED          | index beyond the last node",
        "RAID1:1:MOCKED                         | The only node's index is 0",
        "RAID1:-1:MOCKED                        | no number between its first two colons",
        "RAID1:s3cret:MOCKED                    | no number between its first two colons",
        "RAID1:99999999999999:MOCKED            | no number between its first two colons",
        "RAID1                                  | no number between its first two colons",
        "RAID1:0                                | a type that Parsec does not know",
        "RAID5:0:MOCKED RAID5:1:MOCKED          | needs at least 3",
        "RAID1:0:RAID0:0:MOCKED                 | RAID inside RAID",
        "RAID1:0:MOCKED RAID1:1:s3:a:b:s3cret   | configuration 2 of 2 has 3 fields after s3:",
      })
  void refusesAWrongValueAndNamesTheRightForm(String value, String expected) {
    Problem problem = assertThrows(Problem.class, () -> BlockstoreParser.parse(value));
    String message = String.valueOf(problem.getMessage());
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(message.startsWith("PARSEC_BLOCKSTORE"), message);
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("s3cret"), message);
    assertTrue(message.endsWith("."), message);
  }

  @Test
  void supportsBucketsAndBlocksInTheDatabase() {
    for (String mode : List.of("RAID0", "RAID1", "RAID5")) {
      String nodes = mode + ":0:s3::r:a:k:s " + mode + ":1:s3::r:b:k:s " + mode + ":2:s3::r:c:k:s";
      assertDoesNotThrow(() -> BlockstoreParser.parse(nodes).requireSupported());
    }
    assertDoesNotThrow(() -> BlockstoreParser.parse("s3::r:b:k:s").requireSupported());
    assertDoesNotThrow(() -> BlockstoreParser.parse("POSTGRESQL").requireSupported());
  }

  @ParameterizedTest
  @CsvSource({
    "RAID1:0:s3::r:b:k:s3cret RAID1:1:POSTGRESQL, RAID1 with a node that is not a bucket",
    "RAID0:0:swift:a:t:c:u:s3cret, RAID0 with a node that is not a bucket",
    "RAID5:0:s3::r:b:k:s RAID5:1:MOCKED RAID5:2:s3::r:b:k:s, RAID5 with a node that is not a"
        + " bucket",
    "swift:a:t:c:u:s3cret,     swift: is not supported yet",
    "MOCKED,                   MOCKED is not supported"
  })
  void reportsWhatIsNotSupportedAndWhy(String value, String expected) {
    Blockstore store = BlockstoreParser.parse(value);
    Problem problem = assertThrows(Problem.class, store::requireSupported);
    assertEquals(Problem.Kind.NOT_SUPPORTED, problem.kind());
    String message = String.valueOf(problem.getMessage());
    assertTrue(message.startsWith("PARSEC_BLOCKSTORE: " + expected), message);
    assertFalse(message.contains("s3cret"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:minio:r:b:k:s3cret",
        "swift:a:t:c:u:s3cret",
        "RAID1:0:s3::r:b:k:s3cret RAID1:1:swift:a:t:c:u:s3cret"
      })
  void showsNoSecret(String value) {
    assertFalse(BlockstoreParser.parse(value).toString().contains("s3cret"));
  }
}
