package io.parsecbackup.objectstore.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parsecbackup.Problem;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {

  private static final List<String> HOSTS =
      List.of(
          "s3.corp",
          "s3.corp:9000",
          "S3.Corp",
          "corp",
          "notcorp",
          "a.b.corp:443",
          "10.0.0.5:9000",
          "10.0.0.50",
          "[::1]:9000",
          "[::1]");

  private static Optional<String> proxy(Map<String, String> environment, String url) {
    return new ProxySettings(environment).proxyFor(URI.create(url)).map(Object::toString);
  }

  /**
   * The results are those of Python 3.12's {@code urllib.request.proxy_bypass_environment}, which
   * botocore uses, except for {@code ::1} without brackets, which Python does not accept as a host.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".corp         | 1111010000",
        "corp          | 1111010000",
        "*.corp        | 0000000000",
        "*             | 1111111111",
        "s3.corp:9000  | 0100000000",
        "s3.corp:9001  | 0000000000",
        "CORP          | 1111010000",
        "'.corp , x'   | 1111010000",
        "10.0.0.5      | 0000001000",
        "10.0.0.0/8    | 0000000000",
        "[::1]         | 0000000011",
        "::1           | 0000000011",
        "'x,*'         | 0000000000",
        ":9000         | 0000000000",
        "..corp        | 1111010000",
        "''            | 0000000000"
      })
  void bypassesTheProxyForTheSameHostsAsBotocore(String noProxy, String expected) {
    StringBuilder bypassed = new StringBuilder();
    for (String host : HOSTS) {
      Map<String, String> environment =
          Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", noProxy);
      bypassed.append(proxy(environment, "https://" + host).isEmpty() ? '1' : '0');
    }
    assertEquals(expected, bypassed.toString());
  }

  @Test
  void prefersTheLowerCaseVariableOfTheScheme() {
    Map<String, String> both =
        Map.of("http_proxy", "http://lower:1", "HTTP_PROXY", "http://upper:2");
    assertEquals(Optional.of("http://lower:1"), proxy(both, "http://s3"));
    assertEquals(Optional.empty(), proxy(both, "https://s3"));
    assertEquals(
        Optional.empty(), proxy(Map.of("http_proxy", "", "HTTP_PROXY", "upper:2"), "http://s3"));
    assertEquals(
        Optional.of("http://upper:2"),
        proxy(Map.of("HTTP_PROXY", "upper:2", "NO_PROXY", "s3", "no_proxy", ""), "http://s3"));
    assertEquals(Optional.empty(), proxy(Map.of(), "http://s3"));
  }

  @Test
  void acceptsTheFormsThatBotocoreAccepts() {
    assertEquals(Optional.of("http://p:80"), proxy(Map.of("HTTP_PROXY", "p"), "http://s3"));
    assertEquals(Optional.of("http://p:80"), proxy(Map.of("HTTP_PROXY", "//p"), "http://s3"));
    assertEquals(
        Optional.of("http://[::1]:3128"),
        proxy(Map.of("HTTP_PROXY", "http://[::1]:3128/"), "http://s3"));
    ProxySettings.Proxy proxy =
        new ProxySettings(Map.of("http_proxy", "http://some%20one:p%3Aw+%40@proxy:8080"))
            .proxyFor(URI.create("http://s3"))
            .orElseThrow();
    assertEquals("http://proxy:8080", proxy.toString());
    assertEquals("some one", proxy.options().getUsername());
    assertEquals("p:w+@", proxy.options().getPassword());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:secret-word@proxy:3128",
        "socks5://me:secret-word@proxy:1080",
        "http://me:secret-word@proxy:many",
        "http://me:secret word@proxy"
      })
  void refusesAProxyThatItCannotUse(String value) {
    Problem problem =
        assertThrows(Problem.class, () -> proxy(Map.of("https_proxy", value), "https://s3"));
    assertEquals(Problem.Kind.CONFIGURATION, problem.kind());
    assertTrue(String.valueOf(problem.getMessage()).contains("HTTPS_PROXY"), problem::toString);
    for (Throwable part = problem; part != null; part = part.getCause()) {
      assertFalse(part.toString().contains("secret"), part.toString());
    }
  }
}
