package io.parsecbackup.objectstore.content;

import org.jspecify.annotations.Nullable;

/** The {@code ETag} of an answer or a listing. */
public final class Etag {

  private Etag() {}

  /** The value without its quotes and without the mark of a weak one; empty if there is none. */
  public static String unquoted(@Nullable String etag) {
    return etag == null ? "" : etag.replaceFirst("^W/", "").replace("\"", "");
  }
}
