package io.parsecbackup.objectstore.storage;

import java.util.ArrayList;
import java.util.List;

/**
 * What a bucket's server can do, beyond what every repository relies on.
 *
 * @param checksums whether it compares and keeps SHA-256 checksums
 * @param multipart whether it takes files in parts
 * @param conditionalMultipart whether it can refuse the end of an upload if the object exists
 */
public record BucketCapabilities(
    boolean checksums, boolean multipart, boolean conditionalMultipart) {

  /** What is missing, each as a sentence. Nothing of it puts a backup at risk. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!checksums) {
      notes.add("the server has no SHA-256 checksums; the digests are kept as metadata");
    }
    if (!multipart) {
      notes.add("the server takes no uploads in parts; a file may have at most 5 GiB");
    } else if (!conditionalMultipart) {
      notes.add(
          "the server takes no condition at the end of an upload in parts; the program checks"
              + " before the upload that the file does not exist");
    }
    return List.copyOf(notes);
  }
}
