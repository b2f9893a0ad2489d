package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a variable's name in place of its value. Compose and shells replace the name by the value;
 * systemd and {@code docker run --env-file} do not.
 */
final class UnexpandedVariable {

  /**
   * A whole part of a value, between the separators of URIs, paths and Parsec's grammar. A part of
   * a password may look like this, but a whole password is unlikely to.
   */
  private static final Pattern PART =
      Pattern.compile(
          "(?<![^\\s:@/,?&=])\\$(?:([A-Z_][A-Z0-9_]*)|\\{([A-Za-z_]\\w*)})(?![^\\s:@/\\\\,?&=])");

  private UnexpandedVariable() {}

  /**
   * Refuses a value that contains such a name.
   *
   * @param setting the setting of {@code value}, for the message
   * @throws Problem that names the variable
   */
  static void refuse(String setting, String value) {
    Matcher part = PART.matcher(value);
    if (part.find()) {
      throw new Problem(
          Kind.CONFIGURATION,
          setting
              + " contains "
              + part.group()
              + ", a variable that was not replaced by its value: systemd and 'docker run"
              + " --env-file' pass it unchanged. Write the value itself, or use Compose or a shell"
              + " and load the file that sets the variable first");
    }
  }
}
