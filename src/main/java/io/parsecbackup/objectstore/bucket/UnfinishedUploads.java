package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** The uploads in parts that runs did not finish. Their parts cost storage until they end. */
public final class UnfinishedUploads {

  private static final Logger LOG = Logger.getLogger(UnfinishedUploads.class);

  private static final String RUN = "[0-9]{8}T[0-9]{6}Z";

  /** What the test of a bucket uploads. */
  private static final String PROBE = "tmp/probe";

  /** Names of a run's files. */
  private static final String FILES =
      "(?:backups/" + RUN + "/|(?:index|runs|checks|accepted)/" + RUN + "[.-])";

  /**
   * The names of a repository's files. Another repository may be below the same prefix, also below
   * {@code backups/} or {@code objects/}. So these are whole names, and the name of an object
   * contains no name of a file of another repository.
   */
  private static final Pattern NAMES =
      Pattern.compile(
          PROBE
              + "|"
              + FILES
              + "[^/]+|(?:objects|conflicts)/(?!(?:.*/)?(?:objects/|conflicts/|"
              + PROBE
              + "$|"
              + FILES
              + ")).+",
          Pattern.DOTALL);

  private static final int MOST_PAGES = 1_000;

  private final BucketClient client;
  private final String prefix;

  /**
   * @param prefix of the repository's keys
   */
  public UnfinishedUploads(BucketClient client, String prefix) {
    this.client = client;
    this.prefix = prefix;
  }

  private record Upload(String key, String id) {}

  /**
   * Ends all of them. To be called by a run that holds the exclusive lock and has not begun an
   * upload itself.
   *
   * @return how many were ended
   */
  public int abortAll() throws IOException {
    List<Upload> uploads;
    try {
      uploads = list();
    } catch (TransferException e) {
      LOG.warnf(
          "Unfinished uploads of earlier runs below %s cannot be listed: %s. Give the key the right"
              + " s3:ListBucketMultipartUploads, or let a lifecycle rule of the bucket end them",
          prefix, e.getMessage());
      return 0;
    }
    int aborted = 0;
    for (Upload upload : uploads) {
      if (abort(client, upload.key(), upload.id())) {
        aborted++;
      }
    }
    return aborted;
  }

  private List<Upload> list() throws IOException {
    List<Upload> uploads = new ArrayList<>();
    BucketRequest request =
        BucketRequest.of(HttpMethod.GET, "").parameter("uploads", "").parameter("prefix", prefix);
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      byte[] page = client.send(request).body();
      for (Map<String, String> upload : Xml.elements(page, "Upload")) {
        String key = upload.getOrDefault("Key", "");
        if (isOurs(key)) {
          uploads.add(new Upload(key, upload.getOrDefault("UploadId", "")));
        }
      }
      Map<String, String> result =
          Xml.elements(page, "ListMultipartUploadsResult").stream().findFirst().orElse(Map.of());
      String key = result.getOrDefault("NextKeyMarker", "");
      if (!result.getOrDefault("IsTruncated", "").equals("true") || key.isEmpty()) {
        break;
      }
      request =
          request
              .parameter("key-marker", key)
              .parameter("upload-id-marker", result.getOrDefault("NextUploadIdMarker", ""));
    }
    return uploads;
  }

  private boolean isOurs(String key) {
    return key.startsWith(prefix) && NAMES.matcher(key.substring(prefix.length())).matches();
  }

  /** Ends one upload; returns whether that worked. A writer may not have the right to. */
  static boolean abort(BucketClient client, String key, String id) {
    try {
      client.send(BucketRequest.of(HttpMethod.DELETE, key).parameter("uploadId", id));
      return true;
    } catch (TransferException e) {
      if (e.kind() == TransferException.Kind.ABSENT) {
        return true;
      }
      LOG.debugf("The unfinished upload of %s stays: %s", key, e.getMessage());
    } catch (IOException e) {
      LOG.debugf("The unfinished upload of %s stays: %s", key, e.getMessage());
    }
    return false;
  }
}
