package io.parsecbackup.objectstore.s3;

import java.util.Optional;

/**
 * What signs a request.
 *
 * @param sessionToken of credentials that expire
 */
public record Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
  @Override
  public String toString() {
    return "Credentials[accessKey=" + accessKey + ", secretKey=***]";
  }
}
