package io.parsecbackup.objectstore.bucket;

import io.parsecbackup.objectstore.content.TransferException;
import io.parsecbackup.objectstore.listing.ListedObject;
import io.parsecbackup.objectstore.listing.ListingPage;
import io.parsecbackup.objectstore.listing.ListingPages;
import io.parsecbackup.repository.index.KeyOrder;
import io.parsecbackup.repository.storage.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The files of a listing. While one page is used, the next one is on its way. */
public final class ListedFiles implements Iterator<StoredFile> {

  private final ListingPages pages;
  private final BucketPlace place;
  private Iterator<ListedObject> page = List.<ListedObject>of().iterator();
  private @Nullable CompletableFuture<ListingPage> next;
  private String last = "";

  /** Requests the first page. */
  public ListedFiles(ListingPages pages, BucketPlace place) {
    this.pages = pages;
    this.place = place;
    this.next = pages.next().subscribeAsCompletionStage();
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && next != null) {
      ListingPage arrived = await(next);
      next = arrived.truncated() ? pages.next().subscribeAsCompletionStage() : null;
      page = arrived.objects().iterator();
    }
    return page.hasNext();
  }

  @Override
  public StoredFile next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ListedObject object = page.next();
    if (!last.isEmpty() && KeyOrder.compare(last, object.key()) >= 0) {
      throw new UncheckedIOException(
          new IOException(
              place.location()
                  + " cannot be listed: the server does not sort by the keys' bytes ('"
                  + object.key()
                  + "' comes after '"
                  + last
                  + "'). Use another server for the repository"));
    }
    last = object.key();
    return new StoredFile(
        place.name(object.key()), object.size(), object.lastModified(), object.etag());
  }

  private ListingPage await(CompletableFuture<ListingPage> request) {
    try {
      return BucketClient.await(request);
    } catch (TransferException e) {
      throw new UncheckedIOException(Failures.of(place.location(), "listed", e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
