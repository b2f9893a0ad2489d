package io.parsecbackup.objectstore.content;

/** A failed request to the object store, and whether the same request may succeed later. */
public final class TransferException extends RuntimeException {

  /** What to do after the failure. */
  public enum Kind {
    /** The server is unreachable, failed, or sent other bytes than it announced: retry. */
    TEMPORARY,
    /** The server asks for fewer requests: retry later. */
    THROTTLED,
    /** The object still has the ETag in the request. */
    UNCHANGED,
    /** The object does not exist. */
    ABSENT,
    /** The bucket does not exist. */
    NO_BUCKET,
    /**
     * The server refuses the access key, the signature or the region of every request; or the
     * refusal does not say that it is about the object.
     */
    NO_ACCESS,
    /** The object exists, and the request was to store it only if it does not. */
    PRESENT,
    /** The server does not support a header or a parameter of the request. */
    UNSUPPORTED,
    /** The server refuses this request: a retry gets the same answer. */
    REFUSED
  }

  private final Kind kind;

  public TransferException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public TransferException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The server sends or announces more bytes than the object can have. */
  public static TransferException tooLong(String what, long most) {
    return new TransferException(
        Kind.TEMPORARY,
        "the server " + what + " bytes, more than the " + most + " that the object can have");
  }

  public Kind kind() {
    return kind;
  }

  /** The same failure with a longer message. */
  public TransferException with(String more) {
    return more.isEmpty() ? this : new TransferException(kind, getMessage() + more, this);
  }

  public static boolean isTemporary(Throwable failure) {
    return failure instanceof TransferException transfer
        && (transfer.kind() == Kind.TEMPORARY || transfer.kind() == Kind.THROTTLED);
  }

  public static boolean isThrottled(Throwable failure) {
    return failure instanceof TransferException transfer && transfer.kind() == Kind.THROTTLED;
  }
}
