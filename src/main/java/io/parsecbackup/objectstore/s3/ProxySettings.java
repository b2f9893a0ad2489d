package io.parsecbackup.objectstore.s3;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.vertx.core.net.ProxyOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Selects the proxy for an object store, by the variables that boto3, and so the Parsec server,
 * reads: {@code http_proxy}, {@code https_proxy} and {@code no_proxy}, in lower or upper case. The
 * lower-case variable takes precedence, even if it is empty. As in {@code
 * urllib.request.proxy_bypass_environment}, which botocore uses, {@code NO_PROXY} is {@code *} or a
 * list of hosts, with or without a port. A host, with or without a leading dot, includes its
 * subdomains.
 */
final class ProxySettings {

  private static final int DEFAULT_PORT = 80;

  private final Map<String, String> environment;

  ProxySettings(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * A proxy that is reached over plain HTTP.
   *
   * @param credentials name and password, percent-encoded, separated by a colon
   */
  record Proxy(String host, int port, Optional<String> credentials) {

    ProxyOptions options() {
      ProxyOptions options = new ProxyOptions().setHost(host).setPort(port);
      credentials.ifPresent(both -> {
        int colon = both.indexOf(':');
        options.setUsername(decode(colon < 0 ? both : both.substring(0, colon)));
        options.setPassword(colon < 0 ? "" : decode(both.substring(colon + 1)));
      });
      return options;
    }

    /** Without credentials. */
    @Override
    public String toString() {
      return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String decode(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }

  /**
   * The proxy for a URL; empty if the URL is reached directly.
   *
   * @throws Problem of kind CONFIGURATION, which names the variable, if its value is not a proxy
   */
  Optional<Proxy> proxyFor(URI url) {
    String variable = url.getScheme().toLowerCase(Locale.ROOT) + "_proxy";
    Optional<String> proxy = value(variable);
    return proxy.isEmpty() || isBypassed(url)
        ? Optional.empty()
        : proxy.map(v -> parse(v, variable));
  }

  private boolean isBypassed(URI url) {
    Optional<String> list = value("no_proxy");
    if (list.isEmpty()) {
      return false;
    }
    if (list.get().strip().equals("*")) {
      return true;
    }
    String host = url.getHost().toLowerCase(Locale.ROOT);
    String hostAndPort = url.getPort() < 0 ? host : host + ":" + url.getPort();
    for (String entry : list.get().toLowerCase(Locale.ROOT).split(",", -1)) {
      String name = entry.strip().replaceFirst("^\\.+", "");
      if (!name.isEmpty()
          && (name.equals(host)
              || name.equals(hostAndPort)
              || ("[" + name + "]").equals(host)
              || host.endsWith("." + name)
              || hostAndPort.endsWith("." + name))) {
        return true;
      }
    }
    return false;
  }

  /** The lower-case variable if it is set, else the upper-case one; empty if the value is empty. */
  private Optional<String> value(String variable) {
    String lower = environment.get(variable);
    String value = lower != null ? lower : environment.get(variable.toUpperCase(Locale.ROOT));
    return Optional.ofNullable(value).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static Proxy parse(String value, String variable) {
    String url = value.startsWith("//") ? "http:" + value : value;
    url = url.matches("(?i)[a-z][a-z0-9+.-]*://.*") ? url : "http://" + url;
    try {
      URI uri = new URI(url).parseServerAuthority();
      String host = uri.getHost();
      if (host == null || !uri.getScheme().equalsIgnoreCase("http")) {
        throw unusable(variable);
      }
      return new Proxy(
          host.replaceAll("[\\[\\]]", ""),
          uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
          Optional.ofNullable(uri.getRawUserInfo()));
    } catch (URISyntaxException e) {
      // Without the cause: its message has the password.
      throw unusable(variable);
    }
  }

  private static Problem unusable(String variable) {
    return new Problem(
        Kind.CONFIGURATION,
        "the variable "
            + variable
            + " (or "
            + variable.toUpperCase(Locale.ROOT)
            + ") does not name a usable proxy: it must be http://[NAME:PASSWORD@]HOST[:PORT]."
            + " Proxies with an https:// address are not supported");
  }
}
