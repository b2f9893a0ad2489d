package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.s3.BucketRequest;
import io.parsecbackup.repository.storage.Layout;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** The uploads in parts that runs did not finish. Their parts cost storage until they end. */
public final class UnfinishedUploads {

  private static final Logger LOG = Logger.getLogger(UnfinishedUploads.class);

  /** Folders of a repository. Below the same prefix there may be another repository. */
  private static final Set<String> FOLDERS =
      Set.of(
          Layout.OBJECTS,
          Layout.CONFLICTS,
          Layout.INDEX,
          Layout.BACKUPS,
          Layout.RUNS,
          Layout.CHECKS,
          Layout.ACCEPTED,
          Layout.TMP);

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
    int slash = key.startsWith(prefix) ? key.indexOf('/', prefix.length()) : -1;
    return slash > 0 && FOLDERS.contains(key.substring(prefix.length(), slash));
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
