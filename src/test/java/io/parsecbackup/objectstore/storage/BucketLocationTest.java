package io.parsecbackup.objectstore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parsecbackup.parsec.BlockstoreParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketLocationTest {

  @ParameterizedTest
  @CsvSource({
    "http\\://s3\\:9000:r, http://s3:9000/parsec, true",
    "http\\://s3\\:9000:r, http://s3:9000/parsec/backups, true",
    "http\\://s3\\:9000/:r, http://s3:9000/parsec/backups, true",
    "http\\://S3\\:9000:r, HTTP://s3:9000/parsec, true",
    "https\\://s3:r, https://s3:443/parsec/a/b, true",
    "http\\://s3:r, http://s3:80/parsec, true",
    "http\\://[\\:\\:1]\\:9000:r, http://[::1]:9000/parsec, true",
    ":eu-west-1, s3://parsec/backups, true",
    "https\\://s3.eu-west-1.amazonaws.com:eu-west-1, s3://parsec, true",
    ":eu-west-1, https://s3.dualstack.eu-west-1.amazonaws.com/parsec, true",
    "http\\://s3\\:9000:r, http://s3:9000/parsec-backups, false",
    "http\\://s3\\:9000:r, http://s3:9000/other/parsec, false",
    "http\\://s3\\:9000:r, http://s3:9001/parsec, false",
    "http\\://s3\\:9000:r, http://s4:9000/parsec, false",
    "http\\://s3\\:9000:r, s3://parsec, false",
    ":eu-west-1, /s3:/parsec, false",
    "http\\://s3\\:9000:r, /var/backups/parsec, false"
  })
  void comparesServersBucketsAndPrefixes(String server, String location, boolean inside) {
    assertEquals(
        inside,
        BucketLocation.isIn(
            location,
            BlockstoreParser.bucket("PARSEC_BLOCKSTORE", "s3:" + server + ":parsec:key:secret")));
  }
}
