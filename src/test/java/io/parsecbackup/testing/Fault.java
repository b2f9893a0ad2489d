package io.parsecbackup.testing;

import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@link FaultyProxy} does to a request or to its answer. */
public sealed interface Fault {

  /** Answers itself; the server is not asked. */
  record Answer(S3Response response) implements Fault {}

  /** Sends the answer's head and so many bytes of its body, then resets the connection. */
  record Reset(int bytes) implements Fault {}

  /** Sends the answer's head, so many bytes of its body, and then closes as if that were all. */
  record Cut(int bytes) implements Fault {}

  /** Closes the connection before any answer. */
  record Drop() implements Fault {}

  /** Delays the answer. */
  record Delay(Duration time) implements Fault {}

  /** Never answers; the connection stays open. */
  record Hang() implements Fault {}

  /** Sends another answer than the server's. */
  record Rewrite(UnaryOperator<S3Response> change) implements Fault {}

  /** Writes other bytes instead of an answer, then closes the connection. */
  record OnTheWire(WireScript script) implements Fault {}

  /** An error in S3's form: 403, 404, 429, 500, 503. */
  static Fault status(int status) {
    return new Answer(S3Response.error(status));
  }

  static Fault rewrite(UnaryOperator<S3Response> change) {
    return new Rewrite(change);
  }

  /**
   * Flips one bit of one byte of the body; its length and the headers stay right. An offset beyond
   * the end wraps around; an empty body stays as it is.
   */
  static Fault corruptByte(int offset) {
    return rewrite(response -> {
      byte[] body = response.body().clone();
      if (body.length > 0) {
        body[offset % body.length] ^= 1;
      }
      return response.with(body);
    });
  }

  /** Adds the header of an object that S3 encrypts with a key of KMS: its ETag is not an MD5. */
  static Fault kms() {
    return rewrite(response -> response.with("x-amz-server-side-encryption", "aws:kms"));
  }

  /** Gives an object or all objects of a listing an ETag such as a multipart upload's, with -2. */
  static Fault multipartEtag() {
    return rewrite(response -> {
      S3Response changed =
          response
              .header("ETag")
              .map(etag -> response.with("ETag", etag.replaceAll("\"$", "-2\"")))
              .orElse(response);
      return isListing(changed)
          ? changed.text(
              xml -> xml.replaceAll("(<ETag>[^<]*?)(&quot;|\"|&#34;)</ETag>", "$1-2$2</ETag>"))
          : changed;
    });
  }

  /** Swaps the first and the last object of a page. */
  static Fault disorderedListing() {
    return listing((objects, xml) -> {
      Matcher matcher = objects.matcher(xml);
      if (!matcher.find()) {
        return xml;
      }
      int firstStart = matcher.start();
      int firstEnd = matcher.end();
      int lastStart = firstStart;
      int lastEnd = firstEnd;
      while (matcher.find()) {
        lastStart = matcher.start();
        lastEnd = matcher.end();
      }
      return lastStart == firstStart
          ? xml
          : xml.substring(0, firstStart)
              + xml.substring(lastStart, lastEnd)
              + xml.substring(firstEnd, lastStart)
              + xml.substring(firstStart, firstEnd)
              + xml.substring(lastEnd);
    });
  }

  /** Names the first object of a page twice. */
  static Fault duplicateInListing() {
    return listing((objects, xml) -> objects.matcher(xml).replaceFirst("$0$0"));
  }

  /** Removes the token from a page that says it is not the last. */
  static Fault noContinuationToken() {
    return listing((objects, xml) ->
        xml.replaceAll("<NextContinuationToken>[^<]*</NextContinuationToken>", ""));
  }

  private static Fault listing(BiFunction<Pattern, String, String> change) {
    Pattern objects = Pattern.compile("<Contents>.*?</Contents>", Pattern.DOTALL);
    return rewrite(response ->
        isListing(response) ? response.text(xml -> change.apply(objects, xml)) : response);
  }

  private static boolean isListing(S3Response response) {
    return response.header("Content-Type").filter(type -> type.contains("xml")).isPresent();
  }
}
