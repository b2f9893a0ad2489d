package io.parsecbackup.objectstore.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.testing.Content;
import io.parsecbackup.testing.Fault;
import io.parsecbackup.testing.S3Request.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Objects whose ETag is not an MD5 are checked by their length, and counted. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class UnprovenBytesTest {

  @TempDir Path folder;
  private FetchScenario scenario;

  @BeforeEach
  void open() {
    scenario = new FetchScenario(folder);
    scenario.fill(5);
  }

  @AfterEach
  void close() {
    scenario.close();
  }

  @Test
  void areCountedWhenAKmsEncryptsThem() throws IOException {
    scenario.proxy.when(Kind.GET_OBJECT, Fault.corruptByte(7)).at(3);
    scenario.proxy.when(Kind.GET_OBJECT, Fault.kms());
    assertEquals(List.of(), scenario.sync());
    assertEquals(5, scenario.counters.copied());
    assertEquals(5, scenario.counters.checkedByLengthOnly());
    scenario.proxy.reset();
    scenario.sync();
    assertEquals(List.of(), scenario.proxy.fetched());
  }

  @Test
  void areAcceptedWithAnyETagOfAKms() throws IOException {
    scenario.proxy.when(
        Kind.GET_OBJECT,
        Fault.rewrite(response ->
            response
                .with("ETag", "\"" + "0".repeat(32) + "\"")
                .with("x-amz-server-side-encryption", "aws:kms:dsse")));
    assertEquals(List.of(), scenario.sync());
    assertEquals(5, scenario.counters.checkedByLengthOnly());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void areAcceptedWhenEncryptedWithACustomersKey() throws IOException {
    scenario.proxy.when(
        Kind.GET_OBJECT,
        Fault.rewrite(response ->
            response
                .with("ETag", "\"" + "0".repeat(32) + "\"")
                .with("x-amz-server-side-encryption-customer-algorithm", "AES256")));
    scenario.sync();
    assertEquals(5, scenario.counters.checkedByLengthOnly());
    scenario.assertHoldsTheBucket();
  }

  @Test
  void areCountedWhenTheyWereUploadedInParts() throws IOException {
    scenario.proxy.when(Kind.LIST, Fault.multipartEtag());
    scenario.proxy.when(Kind.GET_OBJECT, Fault.multipartEtag());
    assertEquals(List.of(), scenario.sync());
    assertEquals(5, scenario.counters.copied());
    assertEquals(5, scenario.counters.checkedByLengthOnly());
    scenario.assertHoldsTheBucket();
    scenario.sync();
    assertEquals(5, scenario.counters.skipped());
  }

  /** With S3's own encryption the ETag is still an MD5. */
  @Test
  void areProvenIfS3EncryptsWithItsOwnKeys() throws IOException {
    scenario.proxy.when(
        Kind.GET_OBJECT,
        Fault.rewrite(response -> response.with("x-amz-server-side-encryption", "AES256")));
    scenario.sync();
    assertEquals(0, scenario.counters.checkedByLengthOnly());
  }

  @Test
  void areComparedByDateIfTheServerHasNoETags() throws IOException {
    scenario.proxy.when(
        Kind.LIST,
        Fault.rewrite(response -> response.text(xml -> xml.replaceAll("<ETag>.*?</ETag>", ""))));
    scenario.proxy.when(Kind.GET_OBJECT, Fault.rewrite(response -> response.with("ETag", "")));
    scenario.sync();
    assertEquals(5, scenario.counters.checkedByLengthOnly());
    scenario.assertHoldsTheBucket();
    scenario.sync();
    assertEquals(5, scenario.counters.skipped());
    String key = FetchScenario.key(2);
    var object = scenario.bucket.object(key).orElseThrow();
    byte[] other = new byte[object.content().size()];
    scenario.bucket.put(key, Content.of(other), object.lastModified().plusSeconds(5));
    scenario.sync();
    assertEquals(1, scenario.counters.copied());
    scenario.assertHoldsTheBucket();
  }
}
