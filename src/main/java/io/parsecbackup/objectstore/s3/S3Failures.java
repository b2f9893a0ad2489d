package io.parsecbackup.objectstore.s3;

import io.netty.channel.ChannelException;
import io.netty.handler.ssl.NotSslRecordException;
import io.parsecbackup.objectstore.content.TransferException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.CertPathBuilderException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Explains failed requests: what happened, and whether a retry may succeed. */
final class S3Failures {

  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MULTIPLE_CHOICES = 300;
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int UNAVAILABLE = 503;

  /**
   * Temporary failures that S3 and compatible servers also send with other statuses, mostly 400: a
   * slow connection, a broken server, a damaged body, a concurrent request for the same key.
   */
  private static final Set<String> TEMPORARY_CODES =
      Set.of(
          "RequestTimeout",
          "InternalError",
          "BadDigest",
          "XAmzContentSHA256Mismatch",
          "IncompleteBody",
          "ConditionalRequestConflict",
          "OperationAborted");

  /** Codes that ask for fewer requests, also with other statuses, mostly 400. */
  private static final Set<String> THROTTLING_CODES =
      Set.of(
          "SlowDown",
          "ServiceUnavailable",
          "Throttling",
          "ThrottlingException",
          "TooManyRequests",
          "RequestLimitExceeded",
          "BandwidthLimitExceeded");

  /** Codes that refuse every request: they say nothing about the requested object. */
  private static final Set<String> ACCESS_CODES =
      Set.of(
          "AccountProblem",
          "AllAccessDisabled",
          "AuthorizationHeaderMalformed",
          "ExpiredToken",
          "InvalidAccessKeyId",
          "InvalidSecurity",
          "InvalidToken",
          "NotSignedUp",
          "PermanentRedirect",
          "Redirect",
          "SignatureDoesNotMatch",
          "TemporaryRedirect",
          "TokenRefreshRequired");

  /** Codes of a 404 that say that what was asked for does not exist. */
  private static final Set<String> ABSENT_CODES =
      Set.of(
          "NoSuchKey",
          "NoSuchVersion",
          "NoSuchUpload",
          "NoSuchObjectLockConfiguration",
          "ObjectLockConfigurationNotFoundError");

  /** AWS's text for the expected region. */
  private static final Pattern EXPECTED_REGION =
      Pattern.compile("expecting (?:'|&apos;|&#39;)([A-Za-z0-9-]+)");

  private S3Failures() {}

  /**
   * Translates exceptions of the HTTP client: broken connections, and the many exceptions of its
   * decoder for an answer that is not HTTP. A failure of our own disk stays as it is.
   */
  static Throwable network(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case TransferException known -> known;
      case UncheckedIOException disk -> disk;
      case Error fatal -> fatal;
      case IOException broken -> temporary(broken);
      case VertxException broken -> temporary(broken);
      case ChannelException broken -> temporary(broken);
      case TimeoutException broken -> temporary(broken);
      default ->
          new TransferException(
              TransferException.Kind.TEMPORARY,
              "the answer is not valid HTTP: " + rootMessage(cause),
              cause);
    };
  }

  private static TransferException temporary(Throwable failure) {
    return new TransferException(TransferException.Kind.TEMPORARY, rootMessage(failure), failure);
  }

  /**
   * The end of a message about the region, which a server names only if ours is wrong; or empty.
   *
   * @param named the region in the response's header
   * @param reason the response's body
   */
  static String region(String code, @Nullable String named, String reason) {
    return switch (code) {
      case "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed" -> {
        Matcher expected = EXPECTED_REGION.matcher(reason);
        String region = named != null ? named : expected.find() ? expected.group(1) : "";
        yield region.isEmpty()
            ? ""
            : ": the bucket is in the region " + region + ", not in the configured one";
      }
      default -> "";
    };
  }

  /**
   * Explains a server's refusal.
   *
   * @param code S3's error code, or empty
   */
  static TransferException answer(int status, String code) {
    String message = "the server answered " + status + (code.isEmpty() ? "" : " " + code);
    if (status == NOT_IMPLEMENTED || code.equals("NotImplemented")) {
      return new TransferException(TransferException.Kind.UNSUPPORTED, message);
    }
    if (status == UNAVAILABLE || status == TOO_MANY_REQUESTS || THROTTLING_CODES.contains(code)) {
      return new TransferException(TransferException.Kind.THROTTLED, message);
    }
    if (status >= 500 || status == REQUEST_TIMEOUT || TEMPORARY_CODES.contains(code)) {
      return new TransferException(TransferException.Kind.TEMPORARY, message);
    }
    if (status < MULTIPLE_CHOICES) {
      // Part of an object, nothing, or a proxy's answer: not an answer to this request.
      return new TransferException(
          TransferException.Kind.TEMPORARY, message + ", which does not answer this request");
    }
    if (status == NOT_FOUND && code.isEmpty()) {
      // Probably not S3's answer, but a proxy's.
      return new TransferException(TransferException.Kind.TEMPORARY, message);
    }
    if (status == NOT_FOUND) {
      return new TransferException(notFound(code), message);
    }
    if (status == NOT_MODIFIED) {
      return new TransferException(TransferException.Kind.UNCHANGED, message);
    }
    if (status == PRECONDITION_FAILED) {
      return new TransferException(TransferException.Kind.PRESENT, message);
    }
    // S3 sends a code with every refusal: without one, a proxy has refused.
    return new TransferException(
        code.isEmpty() || ACCESS_CODES.contains(code)
            ? TransferException.Kind.NO_ACCESS
            : TransferException.Kind.REFUSED,
        message);
  }

  private static TransferException.Kind notFound(String code) {
    if (code.equals("NoSuchBucket")) {
      return TransferException.Kind.NO_BUCKET;
    }
    // Some servers answer 404 to an unknown access key, as versitygw does with XAdminUserNotFound.
    return ABSENT_CODES.contains(code)
        ? TransferException.Kind.ABSENT
        : TransferException.Kind.NO_ACCESS;
  }

  /** A connection's failure may be wrapped several times; the innermost has the reason. */
  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof NotSslRecordException) {
      // Its own text is the whole answer in hexadecimal.
      return "the server does not speak TLS: use http:// if it is meant to be reached without TLS";
    }
    String message = root.getMessage();
    String words = message == null ? root.getClass().getSimpleName() : message;
    return root instanceof CertPathBuilderException
        ? words
            + " (the server's certificate is not signed by a trusted authority: set AWS_CA_BUNDLE to"
            + " a PEM file with its authority)"
        : words;
  }
}
