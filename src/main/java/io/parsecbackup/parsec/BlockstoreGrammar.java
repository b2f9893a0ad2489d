package io.parsecbackup.parsec;

import static io.parsecbackup.Problem.Kind.CONFIGURATION;

import io.parsecbackup.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The grammar of a single configuration in {@code PARSEC_BLOCKSTORE}. Messages quote nothing of the
 * value: if an escape is missing, any field may contain a part of the secret.
 */
final class BlockstoreGrammar {

  private static final String SETTING = "PARSEC_BLOCKSTORE";
  private static final String S3_FORM =
      "Write s3:ENDPOINT:REGION:BUCKET:KEY:SECRET, with \\: for a colon inside a field and \\\\ for"
          + " a backslash, for example s3:http\\://minio\\:9000:us-east-1:blocks:KEY:SECRET"
          + " (ENDPOINT stays empty for AWS).";
  private static final String SWIFT_FORM =
      "Write swift:AUTH_URL:TENANT:CONTAINER:USER:PASSWORD, with \\: for a colon inside a field and"
          + " \\\\ for a backslash.";
  static final String FORMS =
      "Valid values are s3:…, swift:…, POSTGRESQL and MOCKED, or several of them, each after"
          + " RAID0:INDEX:, RAID1:INDEX: or RAID5:INDEX:.";

  private BlockstoreGrammar() {}

  /**
   * Parses a single configuration.
   *
   * @param where names the configuration among several, empty for the only one
   */
  static Blockstore single(String config, String where) {
    List<String> fields = splitFields(config);
    String type = fields.getFirst().toUpperCase(Locale.ROOT);
    return switch (type) {
      case "S3" -> s3(fields, where);
      case "SWIFT" -> swift(fields, where);
      case "POSTGRESQL" -> alone(new Blockstore.Postgresql(), type, fields, where);
      case "MOCKED" -> alone(new Blockstore.Mocked(), type, fields, where);
      default -> throw wrong(where, "starts with a type that Parsec does not know. " + FORMS);
    };
  }

  /** One bucket that another setting names. */
  static Blockstore.S3 bucket(String setting, String value) {
    try {
      if (single(value.strip(), "") instanceof Blockstore.S3 bucket) {
        return bucket;
      }
    } catch (Problem e) {
      // All messages of this class begin with the name of Parsec's setting.
      throw new Problem(
          e.kind(), setting + String.valueOf(e.getMessage()).substring(SETTING.length()));
    }
    throw new Problem(CONFIGURATION, setting + " does not name a bucket. " + S3_FORM);
  }

  private static Blockstore alone(
      Blockstore store, String type, List<String> fields, String where) {
    if (fields.size() > 1) {
      throw wrong(where, "has something after " + type + ". Write " + type + " alone.");
    }
    return store;
  }

  private static Blockstore s3(List<String> fields, String where) {
    requireFields(fields, "s3:", S3_FORM, where);
    String scheme = fields.get(1);
    if ((scheme.equals("http") || scheme.equals("https")) && fields.get(2).startsWith("//")) {
      throw wrong(where, "has a colon in the endpoint that is not escaped. " + S3_FORM);
    }
    for (int field = 2; field <= 5; field++) {
      requireFilled(fields, field, List.of("region", "bucket", "key", "secret"), S3_FORM, where);
    }
    return new Blockstore.S3(
        endpoint(fields.get(1), where), fields.get(2), fields.get(3), fields.get(4), fields.get(5));
  }

  private static Blockstore swift(List<String> fields, String where) {
    requireFields(fields, "swift:", SWIFT_FORM, where);
    for (int field = 1; field <= 5; field++) {
      requireFilled(
          fields,
          field,
          List.of("authentication URL", "tenant", "container", "user", "password"),
          SWIFT_FORM,
          where);
    }
    return new Blockstore.Swift(
        fields.get(1), fields.get(2), fields.get(3), fields.get(4), fields.get(5));
  }

  private static void requireFields(List<String> fields, String type, String form, String where) {
    int count = fields.size() - 1;
    if (count != 5) {
      throw wrong(where, "has " + count + " fields after " + type + " instead of 5. " + form);
    }
  }

  private static void requireFilled(
      List<String> fields, int field, List<String> names, String form, String where) {
    if (fields.get(field).isEmpty()) {
      String name = names.get(names.size() - 6 + field);
      throw wrong(where, "has an empty " + name + " (field " + field + "). " + form);
    }
  }

  /** Like the Parsec server: adds https:// if there is no scheme in lower case. */
  private static Optional<String> endpoint(String field, String where) {
    if (field.isEmpty()) {
      return Optional.empty();
    }
    boolean complete = field.startsWith("http://") || field.startsWith("https://");
    String url = complete ? field : "https://" + field;
    String afterScheme = url.substring(url.indexOf("://") + 3);
    if (afterScheme.contains("://")) {
      throw wrong(
          where,
          "has an endpoint whose scheme is not http:// or https:// in lower case. " + S3_FORM);
    }
    String host = afterScheme.split("[/?#]", 2)[0];
    if (host.isEmpty() || host.startsWith(":")) {
      throw wrong(where, "has an endpoint without a host (field 1). " + S3_FORM);
    }
    if (host.contains("@")) {
      throw wrong(
          where,
          "has a user or password in the endpoint (field 1); they belong in KEY and SECRET. "
              + S3_FORM);
    }
    return Optional.of(url);
  }

  /**
   * Splits at each colon that is not escaped. {@code \:} is a colon and {@code \\} a backslash.
   * Before other characters, and at the end, a backslash is a backslash.
   */
  private static List<String> splitFields(String config) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < config.length(); i++) {
      char c = config.charAt(i);
      char next = i + 1 < config.length() ? config.charAt(i + 1) : 0;
      if (c == '\\' && (next == ':' || next == '\\')) {
        field.append(next);
        i++;
      } else if (c == ':') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  static List<String> splitAtWhiteSpace(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.codePoints().forEach(c -> append(c, word, words));
    append(' ', word, words);
    return words;
  }

  private static void append(int c, StringBuilder word, List<String> words) {
    if (!isWhiteSpace(c)) {
      word.appendCodePoint(c);
    } else if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  /** White space as in Python's {@code str.split()}, which the server uses. */
  private static boolean isWhiteSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  static Problem wrong(String where, String what) {
    return new Problem(
        CONFIGURATION,
        where.isEmpty() ? SETTING + " " + what : SETTING + ": " + where + " " + what);
  }
}
