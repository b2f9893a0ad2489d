package io.parsecbackup.retention;

import io.parsecbackup.Problem;
import io.parsecbackup.Problem.Kind;
import io.parsecbackup.backup.BackupConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.ZoneId;

/** The retention rules that are configured. */
@ApplicationScoped
public class RetentionSettings {

  private static final String PREFIX = "parsec.backup.retention.";

  /** More than a backup a minute for a year. */
  private static final int MOST = 1_000_000;

  private final RetentionConfig config;
  private final ZoneId zone;

  public RetentionSettings(RetentionConfig config, BackupConfig backup) {
    this.config = config;
    this.zone = backup.timeZone();
  }

  /**
   * The rules.
   *
   * @throws Problem of kind CONFIGURATION if a setting is invalid, or if all counts are 0
   */
  public RetentionRules rules() {
    RetentionRules rules =
        new RetentionRules(
            count("keep-last", config.keepLast()),
            count("keep-daily", config.keepDaily()),
            count("keep-weekly", config.keepWeekly()),
            count("keep-monthly", config.keepMonthly()),
            count("keep-yearly", config.keepYearly()),
            zone);
    if (rules.keepsNone()) {
      throw new Problem(
          Kind.CONFIGURATION,
          "all counts of "
              + PREFIX
              + "keep-… are 0, so every backup but the newest would be removed. Set "
              + PREFIX
              + "keep-last=1 if you want this, or 'unlimited' to remove none");
    }
    return rules;
  }

  /**
   * Whether objects that no kept backup refers to are removed.
   *
   * @throws Problem of kind CONFIGURATION if the setting is invalid
   */
  public boolean removesObjects() {
    return switch (config.objects()) {
      case "keep" -> false;
      case "referenced" -> true;
      default ->
          throw new Problem(
              Kind.CONFIGURATION,
              PREFIX + "objects is '" + config.objects() + "'. Set it to keep or referenced");
    };
  }

  /**
   * Checks all settings.
   *
   * @throws Problem of kind CONFIGURATION if one is invalid
   */
  public void check() {
    rules();
    removesObjects();
  }

  private static int count(String key, String text) {
    if (text.equals("unlimited")) {
      return RetentionRules.UNLIMITED;
    }
    try {
      int count = Integer.parseInt(text);
      if (count >= 0 && count <= MOST) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Explained below.
    }
    throw new Problem(
        Kind.CONFIGURATION,
        PREFIX
            + key
            + " is '"
            + text
            + "'. Set it to a number from 0 to "
            + MOST
            + ", or to unlimited");
  }
}
