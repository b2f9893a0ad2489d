package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several parts of a backup's objects, {@code n/t}: the {@code n}-th of {@code t}. The part
 * of an object depends only on its key. So {@code t} verifications of one part each read all
 * objects, even if objects were added in between.
 *
 * @param part from 1 to {@code parts}
 * @param parts at most {@link #MOST_PARTS}
 */
public record Subset(int part, int parts) {

  /** At one part a day that is 27 years. */
  public static final int MOST_PARTS = 10_000;

  /** All objects. */
  public static final Subset ALL = new Subset(1, 1);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,5})/([0-9]{1,5})");

  public Subset {
    if (part < 1 || part > parts || parts > MOST_PARTS) {
      throw new IllegalArgumentException(part + "/" + parts + " is not a part");
    }
  }

  /**
   * Parses {@code n/t}, and ignores white space around it.
   *
   * @param name the setting or the argument that contains it, for the message
   * @throws Problem of kind CONFIGURATION for any other text
   */
  public static Subset parse(String name, String text) {
    Matcher form = FORM.matcher(text.strip());
    if (form.matches()) {
      int part = Integer.parseInt(form.group(1));
      int parts = Integer.parseInt(form.group(2));
      if (part >= 1 && part <= parts && parts <= MOST_PARTS) {
        return new Subset(part, parts);
      }
    }
    throw new Problem(
        Kind.CONFIGURATION,
        name
            + " is \""
            + text
            + "\": expected n/t for the n-th of t parts, with n from 1 to t and t at most "
            + MOST_PARTS
            + ", such as 1/30");
  }

  /**
   * Whether the object of this key is in this part. The first 8 bytes of the SHA-256 of the key's
   * UTF-8, as an unsigned number modulo {@code parts}, must be {@code part - 1}.
   */
  public boolean contains(String key) {
    byte[] digest = Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
    return Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), parts) == part - 1;
  }

  /** The next part; after the last one, the first. */
  public Subset next() {
    return new Subset(part % parts + 1, parts);
  }

  @Override
  public String toString() {
    return part + "/" + parts;
  }
}
