package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.content.TransferException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3FailuresTest {

  @ParameterizedTest
  @CsvSource({
    "500, InternalError, TEMPORARY",
    "502, '', TEMPORARY",
    "503, SlowDown, THROTTLED",
    "429, TooManyRequests, THROTTLED",
    "408, '', TEMPORARY",
    "400, RequestTimeout, TEMPORARY",
    "400, SlowDown, THROTTLED",
    "400, InternalError, TEMPORARY",
    "404, NoSuchKey, ABSENT",
    "404, '', TEMPORARY",
    "400, BadDigest, TEMPORARY",
    "400, XAmzContentSHA256Mismatch, TEMPORARY",
    "409, ConditionalRequestConflict, TEMPORARY",
    "404, NoSuchBucket, NO_BUCKET",
    "412, PreconditionFailed, PRESENT",
    "501, NotImplemented, UNSUPPORTED",
    "400, NotImplemented, UNSUPPORTED",
    "403, AccessDenied, REFUSED",
    "403, InvalidObjectState, REFUSED",
    "400, InvalidRequest, REFUSED",
    "405, MethodNotAllowed, REFUSED",
    "410, Gone, REFUSED",
    "301, PermanentRedirect, NO_ACCESS",
    "403, InvalidAccessKeyId, NO_ACCESS",
    "403, SignatureDoesNotMatch, NO_ACCESS",
    "400, ExpiredToken, NO_ACCESS",
    "403, '', NO_ACCESS"
  })
  void classifiesAnAnswer(int status, String code, Kind kind) {
    TransferException read = S3Failures.answer(status, code);
    assertEquals(kind, read.kind());
    assertEquals(
        "the server answered " + status + (code.isEmpty() ? "" : " " + code), read.getMessage());
  }

  @Test
  void explainsAnAnswerWithoutTls() {
    Throwable failure =
        S3Failures.network(new NotSslRecordException("not an SSL/TLS record: 3c2f"));
    assertEquals(
        "the server does not speak TLS: use http:// if it is meant to be reached without TLS",
        failure.getMessage());
  }

  @Test
  void treatsNetworkFailuresAsTemporary() {
    for (Throwable failure :
        new Throwable[] {
          new ConnectException("refused"),
          new IOException("connection reset"),
          ReadTimeoutException.INSTANCE,
          new CompletionException(new CompletionException(new IOException("z")))
        }) {
      assertTrue(TransferException.isTemporary(S3Failures.network(failure)), failure.toString());
    }
  }

  @Test
  void keepsFailuresOfTheDisk() {
    UncheckedIOException disk =
        new UncheckedIOException(new IOException("No space left on device"));
    assertSame(disk, S3Failures.network(disk));
    assertSame(disk, S3Failures.network(new CompletionException(disk)));
  }
}
