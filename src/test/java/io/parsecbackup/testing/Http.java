package io.parsecbackup.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** As much of HTTP/1.1 (RFC 9112) as a proxy between an S3 client and an S3 server needs. */
final class Http {

  /** Headers about one connection or the body's framing: each side has its own. */
  private static final Set<String> FRAMING =
      Set.of(
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "upgrade",
          "http2-settings",
          "expect");

  private Http() {}

  /** The next request of a connection; empty when the client has closed it. */
  static Optional<S3Request> readRequest(InputStream in, OutputStream out) throws IOException {
    String line = readLine(in);
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String[] words = line.split(" ", 3);
    List<Map.Entry<String, String>> headers = readHeaders(in);
    if (header(headers, "Expect").isPresent()) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
    return Optional.of(new S3Request(words[0], words[1], headers, readBody(in, headers)));
  }

  /** Forwards the host and every other header unchanged, because the client has signed them. */
  static void writeRequest(OutputStream out, S3Request request) throws IOException {
    write(
        out,
        request.method() + " " + request.target() + " HTTP/1.1",
        request.headers(),
        request.body().length);
    out.write(request.body());
    out.flush();
  }

  static S3Response readResponse(InputStream in, boolean withBody) throws IOException {
    String line = readLine(in);
    if (line.isEmpty()) {
      throw new EOFException("The server closed the connection.");
    }
    int status = Integer.parseInt(line.split(" ", 3)[1]);
    List<Map.Entry<String, String>> headers = readHeaders(in);
    if (status == 100) {
      return readResponse(in, withBody);
    }
    boolean bodiless = !withBody || status == 204 || status == 304;
    byte[] body = bodiless ? new byte[0] : readBody(in, headers);
    if (withBody) {
      headers.removeIf(header -> FRAMING.contains(lower(header.getKey())));
    }
    return new S3Response(status, List.copyOf(headers), body);
  }

  /** Writes status and headers. Declares the body's length, but sends no body. */
  static void writeHead(OutputStream out, S3Response response, boolean withBody)
      throws IOException {
    String line = "HTTP/1.1 " + response.status() + " -";
    if (withBody) {
      write(out, line, response.headers(), response.body().length);
    } else {
      // A HEAD's answer keeps the length that its GET would have.
      out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      writeHeaders(out, response.headers());
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  static Optional<String> header(List<Map.Entry<String, String>> headers, String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static void write(
      OutputStream out, String line, List<Map.Entry<String, String>> headers, int length)
      throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    writeHeaders(out, headers.stream().filter(h -> !FRAMING.contains(lower(h.getKey()))).toList());
    out.write(("Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void writeHeaders(OutputStream out, List<Map.Entry<String, String>> headers)
      throws IOException {
    for (Map.Entry<String, String> header : headers) {
      String line = header.getKey() + ": " + header.getValue() + "\r\n";
      out.write(line.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static List<Map.Entry<String, String>> readHeaders(InputStream in) throws IOException {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      headers.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return headers;
  }

  private static byte[] readBody(InputStream in, List<Map.Entry<String, String>> headers)
      throws IOException {
    if (header(headers, "Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      return readChunks(in);
    }
    return readExactly(in, Integer.parseInt(header(headers, "Content-Length").orElse("0")));
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(readLine(in).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        readHeaders(in);
        return body.toByteArray();
      }
      body.writeBytes(readExactly(in, size));
      readLine(in);
    }
  }

  private static byte[] readExactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("The body ended early.");
    }
    return bytes;
  }

  /** Reads a line without its line ending; empty at the end of the stream too. */
  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
