package io.parsecbackup.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a {@link FaultyProxy} sends back.
 *
 * @param headers in their order, without those about the body's length
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares responses
public record S3Response(int status, List<Map.Entry<String, String>> headers, byte[] body) {

  /** An error in S3's own form. */
  public static S3Response error(int status) {
    String code =
        switch (status) {
          case 403 -> "AccessDenied";
          case 404 -> "NoSuchKey";
          case 429 -> "TooManyRequests";
          case 503 -> "SlowDown";
          default -> "InternalError";
        };
    String xml =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>By order of a test</Message><RequestId>0</RequestId></Error>
        """
            .formatted(code);
    return new S3Response(
        status,
        List.of(Map.entry("Content-Type", "application/xml")),
        xml.getBytes(StandardCharsets.UTF_8));
  }

  /** As above, with this code. */
  public static S3Response error(int status, String code) {
    return error(status)
        .text(xml -> xml.replaceAll("<Code>.*</Code>", "<Code>" + code + "</Code>"));
  }

  /** The value of a header; the case of its name does not matter. */
  public Optional<String> header(String name) {
    return Http.header(headers, name);
  }

  /** With one header set or replaced. */
  public S3Response with(String name, String value) {
    List<Map.Entry<String, String>> changed = new ArrayList<>(headers);
    changed.removeIf(header -> header.getKey().equalsIgnoreCase(name));
    changed.add(Map.entry(name, value));
    return new S3Response(status, changed, body);
  }

  /** With another body. */
  public S3Response with(byte[] newBody) {
    return new S3Response(status, headers, newBody);
  }

  /** With its text, such as a listing's XML, rewritten. */
  public S3Response text(UnaryOperator<String> change) {
    return with(
        change.apply(new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
  }
}
