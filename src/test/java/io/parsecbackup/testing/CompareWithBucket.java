package io.parsecbackup.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.BytesWrapper;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Compares a repository's {@code objects/} with a bucket, byte for byte and in both directions.
 * Shares no code with the program, so that it can find the program's mistakes.
 */
public final class CompareWithBucket {

  /** Requests in flight; each holds one block, less than 1 MiB, in memory. */
  private static final int AT_ONCE = 32;

  private final S3AsyncClient client;
  private final String bucket;

  private CompareWithBucket(S3AsyncClient client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /**
   * What a comparison found.
   *
   * @param objects how many objects the bucket holds
   * @param bytes their total size
   * @param differences one sentence for each difference, sorted; empty when both are equal
   */
  public record Result(long objects, long bytes, List<String> differences) {}

  /**
   * Compares the folder {@code objects} with the bucket that {@code blockstore} names.
   *
   * @param blockstore a single {@code s3:} config, as {@code PARSEC_BLOCKSTORE} holds it
   * @throws IllegalArgumentException if it is anything else
   */
  public static Result compare(Path objects, String blockstore) throws IOException {
    List<String> fields = fields(blockstore);
    if (fields.size() != 6 || !fields.getFirst().equalsIgnoreCase("s3")) {
      throw new IllegalArgumentException("PARSEC_BLOCKSTORE is not a single s3: config.");
    }
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .region(Region.of(fields.get(2)))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(fields.get(4), fields.get(5))))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    String endpoint = fields.get(1);
    if (!endpoint.isEmpty()) {
      boolean hasScheme = endpoint.startsWith("http://") || endpoint.startsWith("https://");
      builder
          .endpointOverride(URI.create(hasScheme ? endpoint : "https://" + endpoint))
          .forcePathStyle(true);
    }
    try (S3AsyncClient client = builder.build()) {
      return new CompareWithBucket(client, fields.get(3)).compare(objects);
    }
  }

  /** Splits on {@code :} and removes the escapes {@code \:} and {@code \\}, as Parsec does. */
  static List<String> fields(String config) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < config.length(); i++) {
      char c = config.charAt(i);
      char next = i + 1 < config.length() ? config.charAt(i + 1) : 0;
      if (c == '\\' && (next == ':' || next == '\\')) {
        field.append(next);
        i++;
      } else if (c == ':') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  private Result compare(Path objects) throws IOException {
    Set<String> differences = new TreeSet<>();
    Set<String> extra = files(objects);
    long count = 0;
    long bytes = 0;
    Optional<String> token = Optional.empty();
    do {
      ListObjectsV2Response page =
          client
              .listObjectsV2(
                  ListObjectsV2Request.builder()
                      .bucket(bucket)
                      .continuationToken(token.orElse(null))
                      .build())
              .join();
      for (S3Object object : page.contents()) {
        extra.remove(object.key());
        count++;
        bytes += object.size();
      }
      comparePage(page.contents(), objects, differences);
      token = Optional.ofNullable(page.nextContinuationToken());
    } while (token.isPresent());
    extra.forEach(key -> differences.add(key + ": in objects/, but not in the bucket"));
    return new Result(count, bytes, List.copyOf(differences));
  }

  private void comparePage(List<S3Object> page, Path objects, Set<String> differences)
      throws IOException {
    for (int from = 0; from < page.size(); from += AT_ONCE) {
      Map<String, CompletableFuture<byte[]>> bodies = new HashMap<>();
      for (S3Object object : page.subList(from, Math.min(from + AT_ONCE, page.size()))) {
        bodies.put(object.key(), body(object.key()));
      }
      for (Map.Entry<String, CompletableFuture<byte[]>> body : bodies.entrySet()) {
        Path file = objects.resolve(body.getKey());
        if (!Files.isRegularFile(file)) {
          differences.add(body.getKey() + ": in the bucket, but not in objects/");
        } else if (!Arrays.equals(body.getValue().join(), Files.readAllBytes(file))) {
          differences.add(body.getKey() + ": other bytes than in the bucket");
        }
      }
    }
  }

  private CompletableFuture<byte[]> body(String key) {
    return client
        .getObject(request -> request.bucket(bucket).key(key), AsyncResponseTransformer.toBytes())
        .thenApply(BytesWrapper::asByteArrayUnsafe);
  }

  private static Set<String> files(Path folder) throws IOException {
    Set<String> keys = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> walk = Files.walk(folder)) {
        walk.filter(path -> !Files.isDirectory(path))
            .forEach(path -> keys.add(folder.relativize(path).toString()));
      }
    }
    return keys;
  }

  /**
   * {@code CompareWithBucket REPOSITORY}, with the bucket from {@code PARSEC_BLOCKSTORE}. Exits 1
   * if anything differs, or if there is nothing to compare.
   */
  public static void main(String[] args) throws IOException {
    String blockstore = System.getenv("PARSEC_BLOCKSTORE");
    if (args.length != 1 || blockstore == null) {
      System.err.println("usage: PARSEC_BLOCKSTORE=s3:... CompareWithBucket REPOSITORY");
      System.exit(2);
      return;
    }
    Result result = compare(Path.of(args[0], "objects"), blockstore);
    result.differences().forEach(System.err::println);
    System.out.printf(
        "%d objects, %d bytes compared with the bucket: %d differences%n",
        result.objects(), result.bytes(), result.differences().size());
    System.exit(result.objects() > 0 && result.differences().isEmpty() ? 0 : 1);
  }
}
