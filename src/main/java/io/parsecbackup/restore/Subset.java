package io.parsecbackup.restore;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.repository.storage.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several parts of a backup's objects, {@code n/t}: the {@code n}-th of {@code t}. Which
 * part an object is in depends on its key alone, so that {@code t} verifications of one part each
 * read all of them, also where objects were added in between.
 *
 * @param part from 1 to {@code parts}
 * @param parts at most {@link #MOST_PARTS}
 */
public record Subset(int part, int parts) {

  /** At one part a day that is 27 years. */
  public static final int MOST_PARTS = 10_000;

  /** Everything. */
  public static final Subset ALL = new Subset(1, 1);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,5})/([0-9]{1,5})");

  public Subset {
    if (part < 1 || part > parts || parts > MOST_PARTS) {
      throw new IllegalArgumentException(part + "/" + parts + " is no part");
    }
  }

  /**
   * Reads {@code n/t}; white space around it does not count.
   *
   * @param name the setting or the argument that holds it, for the message
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
            + "\": right would be n/t for the n-th of t parts, n from 1 to t and t at most "
            + MOST_PARTS
            + ", such as 1/30");
  }

  /**
   * Whether the object of this key is in this part: by the first 8 bytes of the SHA-256 of the
   * key's UTF-8, as an unsigned number, whose remainder by {@code parts} is {@code part - 1}.
   */
  public boolean holds(String key) {
    byte[] digest = Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
    return Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), parts) == part - 1;
  }

  /** The part after this one; after the last comes the first. */
  public Subset next() {
    return new Subset(part % parts + 1, parts);
  }

  @Override
  public String toString() {
    return part + "/" + parts;
  }
}
