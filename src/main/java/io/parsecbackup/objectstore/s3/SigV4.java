package io.parsecbackup.objectstore.s3;

import io.parsecbackup.repository.storage.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private static final String HMAC = "HmacSHA256";

  private final CredentialSource credentials;
  private final String region;
  private volatile DayKey dayKey;
  private volatile Second second;

  /** A time as a signature has it. Many requests are signed in the same second. */
  private record Second(long epoch, String text) {
    static Second of(Instant time) {
      return new Second(time.getEpochSecond(), TIME.format(time));
    }
  }

  /**
   * The key for all signatures of one day.
   *
   * @param mac knows the key; each signature is made by a copy
   */
  private record DayKey(String day, Credentials credentials, Mac mac) {
    byte[] sign(String text) {
      try {
        return ((Mac) mac.clone()).doFinal(text.getBytes(StandardCharsets.UTF_8));
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("this Java cannot copy an " + HMAC, e);
      }
    }

    @Override
    public String toString() {
      return "DayKey[" + day + "]";
    }
  }

  SigV4(String region, CredentialSource credentials) {
    this.credentials = credentials;
    this.region = region;
    this.second = Second.of(Instant.EPOCH);
    this.dayKey = dayKey(second.text().substring(0, 8), credentials.current());
  }

  /**
   * The headers of a signed request.
   *
   * @param date value of {@code x-amz-date}
   * @param authorization value of {@code Authorization}
   * @param sessionToken value of {@code x-amz-security-token}, for credentials that have one
   */
  record Headers(String date, String authorization, Optional<String> sessionToken) {}

  /**
   * A request.
   *
   * @param host value of {@code Host}
   * @param path percent-encoded
   * @param query sorted by name, percent-encoded; may be empty
   * @param payload SHA-256 of the body, the value of {@code x-amz-content-sha256}
   * @param headers further headers of Amazon's, {@code x-amz-…}, by their lower-case names. S3
   *     refuses a request with such a header that is not signed
   */
  record Request(
      String method,
      String host,
      String path,
      String query,
      String payload,
      SortedMap<String, String> headers) {}

  /**
   * Signs a request. The signature covers the headers of the host, of the signature itself and
   * Amazon's own, and no others.
   */
  Headers sign(Request toSend, Instant now) {
    String date = text(now);
    String day = date.substring(0, 8);
    Credentials used = credentials.current();
    DayKey key = dayKey;
    if (!key.day().equals(day) || key.credentials() != used) {
      key = dayKey(day, used);
      dayKey = key;
    }
    SortedMap<String, String> headers = new TreeMap<>(toSend.headers());
    headers.put("x-amz-content-sha256", toSend.payload());
    headers.put("x-amz-date", date);
    used.sessionToken().ifPresent(token -> headers.put("x-amz-security-token", token));
    StringBuilder request = new StringBuilder(400);
    request.append(toSend.method()).append('\n').append(toSend.path()).append('\n');
    request.append(toSend.query()).append("\nhost:").append(toSend.host()).append('\n');
    StringBuilder names = new StringBuilder("host");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request.append(header.getKey()).append(':').append(header.getValue()).append('\n');
      names.append(';').append(header.getKey());
    }
    request.append('\n').append(names).append('\n').append(toSend.payload());
    MessageDigest digest = Sha256.digest();
    digest.update(request.toString().getBytes(StandardCharsets.UTF_8));
    String scope = day + "/" + region + "/s3/aws4_request";
    String toSign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + Sha256.hex(digest);
    String signature = HexFormat.of().formatHex(key.sign(toSign));
    return new Headers(
        date,
        "AWS4-HMAC-SHA256 Credential="
            + used.accessKey()
            + "/"
            + scope
            + ", SignedHeaders="
            + names
            + ", Signature="
            + signature,
        used.sessionToken());
  }

  private String text(Instant time) {
    Second known = second;
    if (known.epoch() != time.getEpochSecond()) {
      known = Second.of(time);
      second = known;
    }
    return known.text();
  }

  private DayKey dayKey(String day, Credentials used) {
    byte[] key = ("AWS4" + used.secretKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {day, region, "s3", "aws4_request"}) {
      key = mac(key).doFinal(part.getBytes(StandardCharsets.UTF_8));
    }
    return new DayKey(day, used, mac(key));
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }
}
