package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.s3.BucketAddress;
import io.parsecbackup.parsec.Blockstore;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the places of repositories with buckets. Two names of one server, such as an address and
 * its DNS name, are not recognized.
 */
public final class BucketLocation {

  private static final Pattern URL =
      Pattern.compile("^(?i)(https?)://(\\[[^]]*]|[^/:]+)(?::(\\d+))?/+(.*)$", Pattern.DOTALL);

  /** A bucket's name is unique in all regions of AWS. */
  private static final Pattern AWS = Pattern.compile("(.*\\.)?amazonaws\\.com(\\.cn)?");

  private BucketLocation() {}

  /**
   * Whether a repository is in a bucket, with or without a prefix.
   *
   * @param location of the repository, as its storage has it
   */
  public static boolean isIn(String location, Blockstore.S3 bucket) {
    String whole = new BucketPlace(BucketAddress.of(bucket), "").location();
    return (canonical(location) + "/").startsWith(canonical(whole) + "/");
  }

  private static String canonical(String location) {
    Matcher url = URL.matcher(location);
    if (!url.matches()) {
      return location;
    }
    String host = url.group(2).toLowerCase(Locale.ROOT);
    boolean secure = url.group(1).equalsIgnoreCase("https");
    if (AWS.matcher(host).matches()) {
      return "s3://" + url.group(4);
    }
    String port = Optional.ofNullable(url.group(3)).orElse(secure ? "443" : "80");
    return host + ":" + port + "/" + url.group(4);
  }
}
