package io.parsecbackup.objectstore.storage;

import io.parsecbackup.Problem;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.objectstore.s3.CredentialSource;
import io.parsecbackup.objectstore.s3.Credentials;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Credentials and region from AWS's default chain: environment, profiles, web identity, containers
 * and instance roles. The SDK replaces credentials before they expire.
 */
@RegisterForReflection(
    classNames = {
      "software.amazon.awssdk.services.sts.internal.StsProfileCredentialsProviderFactory",
      "software.amazon.awssdk.services.sts.internal.StsWebIdentityCredentialsProviderFactory"
    })
final class AwsChain implements CredentialSource {

  /** The SDK replaces credentials minutes before they expire. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private static final String FALLBACK_REGION = "us-east-1";

  private final AwsCredentialsProvider provider;
  private final ReentrantLock resolving = new ReentrantLock();
  private volatile @Nullable Credentials current;
  private volatile long resolvedAt;

  AwsChain(AwsCredentialsProvider provider) {
    this.provider = provider;
  }

  /** The chain of this process. */
  static AwsChain ofThisProcess() {
    return new AwsChain(DefaultCredentialsProvider.builder().build());
  }

  /** A bucket of AWS, or of the server that AWS's variables name. */
  static BucketAddress address(String bucket, Map<String, String> environment) {
    Optional<String> endpoint = endpoint(environment);
    return new BucketAddress(endpoint, region(endpoint.isPresent()), bucket);
  }

  static Optional<String> endpoint(Map<String, String> environment) {
    if (Boolean.parseBoolean(environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
      return Optional.empty();
    }
    return Optional.ofNullable(environment.get("AWS_ENDPOINT_URL_S3"))
        .filter(url -> !url.isBlank())
        .or(() -> Optional.ofNullable(environment.get("AWS_ENDPOINT_URL")))
        .map(String::strip)
        .filter(url -> !url.isEmpty());
  }

  private static String region(boolean ownEndpoint) {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
    } catch (SdkException e) {
      if (ownEndpoint) {
        return FALLBACK_REGION;
      }
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "AWS's region of parsec.backup.repository is not known. Set AWS_REGION, or the region in"
              + " the AWS profile",
          e);
    }
  }

  @Override
  public Credentials current() {
    Credentials known = current;
    if (known == null) {
      throw new IllegalStateException("a request before the credentials were resolved");
    }
    return known;
  }

  @Override
  public void refresh() {
    if (isFresh() || (!resolving.tryLock() && current != null)) {
      return;
    }
    if (!resolving.isHeldByCurrentThread()) {
      resolving.lock();
    }
    try {
      if (!isFresh()) {
        resolve();
      }
    } finally {
      resolving.unlock();
    }
  }

  private boolean isFresh() {
    return current != null && System.nanoTime() - resolvedAt < KEPT.toNanos();
  }

  private void resolve() {
    AwsCredentials found;
    try {
      found = provider.resolveCredentials();
    } catch (SdkException e) {
      if (current != null) {
        // They may be valid for some minutes more.
        resolvedAt = System.nanoTime();
        return;
      }
      throw new Problem(
          Problem.Kind.CONFIGURATION,
          "AWS's default chain has no credentials for parsec.backup.repository. Set"
              + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a profile or a"
              + " role",
          e);
    }
    Credentials next =
        new Credentials(
            found.accessKeyId(),
            found.secretAccessKey(),
            found instanceof AwsSessionCredentials session
                ? Optional.of(session.sessionToken())
                : Optional.empty());
    if (!next.equals(current)) {
      current = next;
    }
    resolvedAt = System.nanoTime();
  }
}
