package io.parsecbackup.objectstore.s3;

import io.parsecbackup.objectstore.content.BodyChecksum;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.storage.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests for S3 with AWS Signature Version 4. The SDK can sign anything, but takes more CPU
 * time for each of a million small objects.
 */
final class SigV4 {

  /** SHA-256 of the empty body. */
  static final String EMPTY_BODY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String SIGNED = "host;x-amz-content-sha256;x-amz-date";
  private static final String SIGNED_WITH_CHECKSUM_MODE =
      "host;x-amz-checksum-mode;x-amz-content-sha256;x-amz-date";
  private static final String HMAC = "HmacSHA256";

  private final String accessKey;
  private final String secretKey;
  private final String region;
  private volatile DayKey dayKey;
  private volatile Second second;

  /** A time as a signature has it. Many requests are signed in the same second. */
  private record Second(long epoch, String text) {
    static Second of(Instant time) {
      return new Second(time.getEpochSecond(), TIME.format(time));
    }
  }

  /** The key for all signatures of one day. */
  private record DayKey(String day, SecretKeySpec key) {
    @Override
    public String toString() {
      return "DayKey[" + day + "]";
    }
  }

  SigV4(Blockstore.S3 place) {
    this.accessKey = place.accessKey();
    this.secretKey = place.secretKey();
    this.region = place.region();
    this.second = Second.of(Instant.EPOCH);
    this.dayKey = dayKey(second.text().substring(0, 8));
  }

  /**
   * The headers of a signed request.
   *
   * @param date value of {@code x-amz-date}
   * @param authorization value of {@code Authorization}
   */
  record Headers(String date, String authorization) {}

  /**
   * A request.
   *
   * @param host value of {@code Host}
   * @param path percent-encoded
   * @param query sorted by name, percent-encoded; may be empty
   * @param payload SHA-256 of the body, the value of {@code x-amz-content-sha256}
   * @param asksForChecksum whether the request has the header {@link BodyChecksum#MODE_HEADER}
   */
  record Request(
      String method,
      String host,
      String path,
      String query,
      String payload,
      boolean asksForChecksum) {}

  /**
   * Signs a request. The signature covers the headers of the host, of the signature itself and of
   * the checksum, and no others.
   */
  Headers sign(Request toSend, Instant now) {
    String date = text(now);
    String day = date.substring(0, 8);
    DayKey key = dayKey;
    if (!key.day().equals(day)) {
      key = dayKey(day);
      dayKey = key;
    }
    String scope = day + "/" + region + "/s3/aws4_request";
    String signed = toSend.asksForChecksum() ? SIGNED_WITH_CHECKSUM_MODE : SIGNED;
    String request =
        toSend.method()
            + "\n"
            + toSend.path()
            + "\n"
            + toSend.query()
            + "\nhost:"
            + toSend.host()
            + (toSend.asksForChecksum()
                ? "\n" + BodyChecksum.MODE_HEADER + ":" + BodyChecksum.MODE
                : "")
            + "\nx-amz-content-sha256:"
            + toSend.payload()
            + "\nx-amz-date:"
            + date
            + "\n\n"
            + signed
            + "\n"
            + toSend.payload();
    MessageDigest digest = Sha256.digest();
    digest.update(request.getBytes(StandardCharsets.UTF_8));
    String toSign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + Sha256.hex(digest);
    String signature = HexFormat.of().formatHex(hmac(key.key(), toSign));
    return new Headers(
        date,
        "AWS4-HMAC-SHA256 Credential="
            + accessKey
            + "/"
            + scope
            + ", SignedHeaders="
            + signed
            + ", Signature="
            + signature);
  }

  private String text(Instant time) {
    Second known = second;
    if (known.epoch() != time.getEpochSecond()) {
      known = Second.of(time);
      second = known;
    }
    return known.text();
  }

  private DayKey dayKey(String day) {
    byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, region, "s3", "aws4_request"}) {
      key = hmac(new SecretKeySpec(key, HMAC), part);
    }
    return new DayKey(day, new SecretKeySpec(key, HMAC));
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }
}
