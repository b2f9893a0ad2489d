package io.parsecbackup.backup;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A variable's name where its value should be: Compose and shells put the value there, systemd and
 * {@code docker run --env-file} do not.
 */
final class UnexpandedVariable {

  /**
   * A whole part of a value, between the separators of URIs, paths and Parsec's grammar. Part of a
   * password may look like that, all of it hardly.
   */
  private static final Pattern PART =
      Pattern.compile(
          "(?<![^\\s:@/,?&=])\\$(?:([A-Z_][A-Z0-9_]*)|\\{([A-Za-z_]\\w*)})(?![^\\s:@/\\\\,?&=])");

  private UnexpandedVariable() {}

  /**
   * Does nothing where there is none.
   *
   * @param setting that holds {@code value}, for the message
   * @throws Problem that names the variable
   */
  static void refuse(String setting, String value) {
    Matcher part = PART.matcher(value);
    if (part.find()) {
      throw new Problem(
          Kind.CONFIGURATION,
          setting
              + " holds "
              + part.group()
              + ", a variable that nothing has replaced by its value: systemd and 'docker run"
              + " --env-file' pass it as it stands. Write the value itself, or have Compose or a"
              + " shell load the file that sets the variable first");
    }
  }
}
