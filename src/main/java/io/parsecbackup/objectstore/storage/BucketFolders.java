package io.parsecbackup.objectstore.storage;

import io.parsecbackup.objectstore.bucket.BucketClient;
import io.parsecbackup.objectstore.bucket.BucketPlace;
import io.parsecbackup.objectstore.bucket.Failures;
import io.parsecbackup.objectstore.bucket.ListedFiles;
import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.listing.ListingPage;
import io.parsecbackup.objectstore.listing.ListingPages;
import io.parsecbackup.objectstore.listing.S3Listing;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** Lists the files of a repository in a bucket, which has no folders but keys with slashes. */
record BucketFolders(BucketClient client, BucketPlace place) {

  /** See {@link io.parsecbackup.repository.storage.Storage#list}. */
  Iterator<StoredFile> list(String prefix) {
    return new ListedFiles(pages(place.keyPrefix() + prefix, ""), place);
  }

  private ListingPages pages(String prefix, String delimiter) {
    return new S3Listing(client.connection(), client.retries(), client::refreshCredentials)
        .pages(prefix, delimiter);
  }

  /** See {@link io.parsecbackup.repository.storage.Storage#children}. */
  List<String> children(String folder) throws IOException {
    String prefix = place.keyPrefix() + (folder.isEmpty() ? "" : prefix(folder));
    TreeSet<String> names = new TreeSet<>();
    ListingPages pages = pages(prefix, "/");
    try {
      ListingPage page;
      do {
        page = BucketClient.await(pages.next());
        for (ListedObject object : page.objects()) {
          names.add(object.key().substring(prefix.length()));
        }
        for (String below : page.folders()) {
          names.add(below.substring(prefix.length(), below.length() - 1));
        }
      } while (page.truncated());
    } catch (TransferException e) {
      throw Failures.of(place.locate(folder), "listed", e);
    }
    names.remove("");
    return new ArrayList<>(names);
  }

  /** See {@link io.parsecbackup.repository.storage.Storage#foldersWith}. */
  List<String> foldersWith(String folder, String file) throws IOException {
    String prefix = prefix(folder);
    String suffix = "/" + file;
    TreeSet<String> found = new TreeSet<>();
    for (Iterator<StoredFile> files = list(prefix); files.hasNext(); ) {
      String name = files.next().name();
      if (name.endsWith(suffix)) {
        String child = name.substring(prefix.length(), name.length() - suffix.length());
        if (child.indexOf('/') < 0) {
          found.add(child);
        }
      }
    }
    return new ArrayList<>(found);
  }

  /** What the names of all files in a folder begin with. */
  String prefix(String folder) throws IOException {
    return place.name(place.key(folder)) + "/";
  }
}
