package io.parsecbackup.objectstore.content;

/** A request to the object store that failed, and whether the same request may succeed later. */
public final class TransferException extends RuntimeException {

  /** What a failed request means for the next step. */
  public enum Kind {
    /**
     * The server is busy, unreachable, or sent other bytes than it announced: worth another try.
     */
    PASSING,
    /** The object has the ETag of which the request says that it is held already. */
    UNCHANGED,
    /** The object is not there. */
    ABSENT,
    /** The bucket is not there. */
    NO_BUCKET,
    /**
     * The server refuses the access key, the signature or the region, whatever is asked; or what
     * refuses does not answer as S3 does.
     */
    NO_ACCESS,
    /** An object is there, and the request was to put one only where there is none. */
    PRESENT,
    /** The server does not know what a header of the request asks of it. */
    UNSUPPORTED,
    /** The server refuses this request: another try gives the same answer. */
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

  /** The server sends, or announces, more than the object can have. */
  public static TransferException tooLong(String what, long most) {
    return new TransferException(
        Kind.PASSING,
        "the server " + what + " bytes, of which at most " + most + " can be the object's");
  }

  public Kind kind() {
    return kind;
  }

  /** The same with more to its message. */
  public TransferException with(String more) {
    return more.isEmpty() ? this : new TransferException(kind, getMessage() + more, this);
  }

  public static boolean isPassing(Throwable failure) {
    return failure instanceof TransferException transfer && transfer.kind() == Kind.PASSING;
  }
}
