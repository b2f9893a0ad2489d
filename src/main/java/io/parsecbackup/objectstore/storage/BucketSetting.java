package io.parsecbackup.objectstore.storage;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;

import io.parsecbackup.Problem;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.parsec.BlockstoreParser;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A setting that names a repository in a bucket. No message and no {@code toString} shows a secret.
 *
 * @param store where the bucket is and its key; empty for AWS with its default chain
 * @param prefix of the repository's keys, without slashes at both ends; may be empty
 */
public record BucketSetting(String bucket, Optional<Blockstore.S3> store, String prefix) {

  private static final String URL = "s3://";
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}");

  /** So that an object's key of 512 bytes still fits. */
  private static final int LONGEST_PREFIX = 400;

  /** Whether a value names a bucket. */
  public static boolean names(String value) {
    return value.regionMatches(true, 0, "s3:", 0, 3);
  }

  /**
   * Reads a value: {@code s3:ENDPOINT:REGION:BUCKET:KEY:SECRET} in Parsec's grammar, or {@code
   * s3://BUCKET/PREFIX} for AWS's default chain.
   *
   * @param key the setting, for messages
   * @param prefixKey the setting of the prefix
   * @throws Problem of kind CONFIGURATION when the value is invalid. The message quotes nothing of
   *     a value that may contain a secret
   */
  public static BucketSetting parse(
      String key, String value, String prefixKey, Optional<String> prefix) {
    if (value.regionMatches(true, 0, URL, 0, URL.length())) {
      String rest = value.substring(URL.length());
      int slash = rest.indexOf('/');
      String bucket = slash < 0 ? rest : rest.substring(0, slash);
      if (!BUCKET.matcher(bucket).matches()) {
        throw new Problem(
            CONFIGURATION,
            key
                + " does not name a bucket after s3://. Write s3://BUCKET or s3://BUCKET/PREFIX; the"
                + " key comes from AWS's default chain");
      }
      String own = slash < 0 ? "" : rest.substring(slash + 1);
      if (!own.replace("/", "").isEmpty() && prefix.isPresent()) {
        throw new Problem(
            CONFIGURATION,
            key + " has a prefix, and " + prefixKey + " is set too. Use one of them");
      }
      return new BucketSetting(
          bucket,
          Optional.empty(),
          prefix.isPresent() ? prefix(prefixKey, prefix.get()) : prefix(key, own));
    }
    Blockstore.S3 store = BlockstoreParser.bucket(key, value);
    return new BucketSetting(
        store.bucket(), Optional.of(store), prefix.map(p -> prefix(prefixKey, p)).orElse(""));
  }

  private static String prefix(String key, String value) {
    String prefix = value.replaceAll("^/|/+$", "");
    if (prefix.isEmpty()) {
      return "";
    }
    boolean valid = prefix.length() <= LONGEST_PREFIX && prefix.chars().noneMatch(c -> c < ' ');
    for (String part : prefix.split("/", -1)) {
      valid &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
    }
    if (!valid) {
      throw new Problem(
          CONFIGURATION,
          key
              + " has a prefix that no key can begin with. Use names that are separated by single"
              + " slashes, such as backups/parsec");
    }
    return prefix;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "BucketSetting[bucket=%s, prefix=%s, secret=***]", bucket, prefix);
  }
}
