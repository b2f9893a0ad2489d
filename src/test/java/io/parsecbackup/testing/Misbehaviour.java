package io.parsecbackup.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Answers that no server should send, but that some server, proxy or attacker sends. */
public enum Misbehaviour {
  /** Status 200 and a body that never ends, without a declared length. */
  ENDLESS_BODY(
      wire("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", new byte[16 << 10], Duration.ZERO)),
  /** As {@link #ENDLESS_BODY}, in chunks. */
  ENDLESS_CHUNKS(
      wire(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.US_ASCII),
          Duration.ZERO)),
  /** A body of 1 TiB, declared and sent. */
  HUGE_LENGTH(
      wire(
          "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n",
          new byte[16 << 10],
          Duration.ZERO)),
  /** A body that comes byte by byte. */
  SLOW_BODY(drip("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")),
  /** An error whose body comes byte by byte. */
  SLOW_REFUSAL(drip("HTTP/1.1 403 Forbidden\r\nContent-Length: 2000\r\n\r\n")),
  /** A header that comes byte by byte. */
  SLOW_HEADER(drip("HTTP/1.1 200 OK\r\nX-Slow: ")),
  /** {@code 100 Continue} for ever. */
  ENDLESS_CONTINUE(
      wire(
          "",
          "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
          Duration.ofMillis(5))),
  /** A header of 20 KB. */
  LONG_HEADER(
      wire("HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(20_000) + "\r\nContent-Length: 0\r\n\r\n")),
  NEGATIVE_LENGTH(wire("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")),
  LENGTH_NOT_A_NUMBER(wire("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello")),
  GARBAGE_STATUS(wire("\u0001\u0002 200 Huh\r\n\r\n")),
  STATUS_NOT_A_NUMBER(wire("HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n")),
  GARBAGE_CHUNKS(wire("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")),
  /** The page of a captive portal or a login form, as success. */
  HTML_PAGE(answer(200, "text/html; charset=utf-8", "<html><body>Please log in</body></html>")),
  /** An object that S3 has moved to an archive. */
  ARCHIVED(refusal(403, "InvalidObjectState")),
  NO_CONTENT(answer(204, "application/xml", "")),
  PARTIAL_CONTENT(
      Fault.rewrite(response ->
          new S3Response(206, response.headers(), response.body())
              .with("Content-Range", "bytes 0-9/10"))),
  CREATED(Fault.rewrite(response -> new S3Response(201, response.headers(), response.body())));

  private final Fault fault;

  Misbehaviour(Fault fault) {
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }

  /** An S3 error with this code. */
  public static Fault refusal(int status, String code) {
    return answer(
        status,
        "application/xml",
        "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>-</Message></Error>");
  }

  /** An answer of any kind. */
  public static Fault answer(int status, String type, String body) {
    return new Fault.Answer(
        new S3Response(
            status,
            List.of(Map.entry("Content-Type", type)),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  private static Fault wire(String all) {
    return new Fault.OnTheWire((request, wire) -> wire.write(all));
  }

  private static Fault wire(String head, byte[] again, Duration pause) {
    return new Fault.OnTheWire((request, wire) -> {
      wire.write(head);
      wire.repeat(again, pause);
    });
  }

  /** Often enough that the connection is never idle for long. */
  private static Fault drip(String head) {
    return wire(head, new byte[] {'x'}, Duration.ofMillis(200));
  }
}
