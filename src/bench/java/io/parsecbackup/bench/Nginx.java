package io.parsecbackup.bench;

import io.parsecbackup.testing.TestCertificate;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * nginx as a bucket that can only be read: the objects are files, and {@link StaticListing} has
 * written the listing. It checks no signature, so it is no bottleneck. It also accepts TLS for the
 * server of the stack, which can be written to.
 */
final class Nginx {

  private static final List<Path> PROGRAMS =
      List.of(
          Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"), Path.of("/usr/local/sbin/nginx"));

  private final Path folder;
  private final int[] ports;

  private Nginx(Path folder, int... ports) {
    this.folder = folder;
    this.ports = ports;
  }

  static boolean isInstalled() {
    return PROGRAMS.stream().anyMatch(Files::isExecutable);
  }

  /**
   * Starts it.
   *
   * @param folder its own, which is empty
   * @param objects one file for each object
   * @param upstream the server that its second TLS port passes all requests to
   */
  static Nginx start(Path folder, Path objects, URI upstream) throws Exception {
    Files.createDirectories(folder);
    StaticListing.write(objects, folder.resolve("listing"));
    TestCertificate.make(folder, "server", "localhost");
    int[] ports = {free(), free(), free()};
    Path configuration =
        Files.writeString(
            folder.resolve("nginx.conf"), configuration(folder, objects, ports, upstream));
    Path program = PROGRAMS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    Process process =
        new ProcessBuilder(program.toString(), "-p", folder + "/", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    Nginx nginx = new Nginx(folder, ports);
    while (!listens(ports[2])) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "nginx did not start:\n" + Files.readString(folder.resolve("output")));
      }
    }
    return nginx;
  }

  /** The stack's settings, but with this server's bucket. */
  Map<String, String> source(Map<String, String> stack, boolean tls) {
    return tls ? secure(stack, ports[1]) : with(stack, "http://127.0.0.1:" + ports[0]);
  }

  /** The stack's settings, with TLS in front of its server. */
  Map<String, String> secure(Map<String, String> stack) {
    return secure(stack, ports[2]);
  }

  private Map<String, String> secure(Map<String, String> stack, int port) {
    Map<String, String> settings = with(stack, "https://localhost:" + port);
    settings.put("AWS_CA_BUNDLE", folder.resolve("server.crt").toString());
    return settings;
  }

  private static Map<String, String> with(Map<String, String> stack, String endpoint) {
    Map<String, String> settings = new HashMap<>(stack);
    String old = String.valueOf(settings.put("STACK_S3_ENDPOINT", endpoint));
    settings.computeIfPresent(
        "PARSEC_BLOCKSTORE", (name, value) -> value.replace(escape(old), escape(endpoint)));
    return settings;
  }

  private static String escape(String endpoint) {
    return endpoint.replace(":", "\\:");
  }

  /** The requests for the static bucket so far. */
  Requests requests() throws IOException {
    long[] counts = new long[4];
    try (Stream<String> lines = Files.lines(folder.resolve("requests"))) {
      lines.forEach(line -> counts[kind(line)]++);
    }
    return new Requests(counts[0], counts[1], counts[2], 0, counts[3], 0);
  }

  private static int kind(String line) {
    if (line.startsWith("HEAD ")) {
      return 2;
    }
    if (!line.startsWith("GET ")) {
      return 3;
    }
    return line.endsWith(".xml") ? 0 : 1;
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String configuration(Path folder, Path objects, int[] ports, URI upstream) {
    return """
    daemon off;
    pid FOLDER/pid;
    error_log FOLDER/errors;
    worker_processes auto;
    events { worker_connections 2048; }
    http {
      log_format request '$request_method $uri';
      access_log off;
      sendfile on;
      tcp_nopush on;
      keepalive_requests 1000000;
      open_file_cache max=200000 inactive=1h;
      open_file_cache_valid 1h;
      client_max_body_size 0;
      client_body_temp_path FOLDER/body;
      proxy_temp_path FOLDER/proxy;
      fastcgi_temp_path FOLDER/fastcgi;
      uwsgi_temp_path FOLDER/uwsgi;
      scgi_temp_path FOLDER/scgi;
      ssl_certificate FOLDER/server.crt;
      ssl_certificate_key FOLDER/server.key;
      ssl_session_cache shared:tls:10m;
      map $args $token {
        default first;
        ~(?:^|&)max-keys=1(?:&|$) one;
        ~(?:^|&)(?:continuation-token|marker)=(?<after>[^&]+) $after;
      }
      map $args $prefix {
        default all;
        ~(?:^|&)prefix=(?<start>[^&]+) $start;
      }
      map $args $shape {
        default flat;
        ~(?:^|&)delimiter=%2F folders;
      }
      map $args $encoding {
        default plain;
        ~(?:^|&)encoding-type=url url;
      }
      upstream stack {
        server UPSTREAM;
        keepalive 64;
      }
      server {
        listen 127.0.0.1:HTTP;
        listen 127.0.0.1:TLS ssl;
        access_log FOLDER/requests request;
        default_type application/octet-stream;
        location ~ ^/parsec/?$ {
          default_type application/xml;
          root FOLDER/listing;
          try_files /$encoding/$shape/$prefix/$token.xml =404;
        }
        location /parsec/ {
          alias OBJECTS/;
        }
      }
      server {
        listen 127.0.0.1:FRONT ssl;
        location / {
          proxy_pass http://stack;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_request_buffering off;
        }
      }
    }
    """
        .replace("daemon off;", isRoot() ? "daemon off;\nuser root;" : "daemon off;")
        .replace("FOLDER", folder.toString())
        .replace("OBJECTS", objects.toString())
        .replace("UPSTREAM", upstream.getHost() + ":" + upstream.getPort())
        .replace("HTTP", Integer.toString(ports[0]))
        .replace("TLS", Integer.toString(ports[1]))
        .replace("FRONT", Integer.toString(ports[2]));
  }

  /** Its workers would otherwise run as a user who cannot read the files. */
  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
