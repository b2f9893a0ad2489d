package io.parsecbackup.dump.archive;

import java.io.ByteArrayOutputStream;

/**
 * The position in an SQL script: between two statements, or inside a statement, a string, a quoted
 * name, a comment or a function's body. Takes bytes, because a line may be too long for memory.
 * Quotes are ASCII in every encoding of a server
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html).
 */
final class SqlText {

  private enum In {
    STATEMENT,
    STRING,
    ESCAPE_STRING,
    AFTER_BACKSLASH,
    ESCAPE_STRING_QUOTE,
    NAME,
    DOLLAR_TAG,
    DOLLAR_STRING,
    LINE_COMMENT,
    BLOCK_COMMENT
  }

  private In in = In.STATEMENT;
  private boolean fresh = true;

  /** The last byte is a dash that may begin a comment instead of a statement. */
  private boolean onlyDash;

  private int last = ' ';
  private int lastButOne = ' ';
  private int comments;
  private final ByteArrayOutputStream tag = new ByteArrayOutputStream();
  private byte[] delimiter = {};
  private int matched;

  /** Whether the next byte begins a statement, or is a blank or comment between two statements. */
  boolean betweenStatements() {
    return fresh && (in == In.STATEMENT || in == In.LINE_COMMENT);
  }

  void take(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      take(bytes[i] & 0xff);
    }
  }

  private void take(int b) {
    switch (in) {
      case STATEMENT -> statement(b);
      case STRING -> endsWith(b, '\'');
      case NAME -> endsWith(b, '"');
      case ESCAPE_STRING -> {
        if (b == '\\') {
          in = In.AFTER_BACKSLASH;
        } else if (b == '\'') {
          in = In.ESCAPE_STRING_QUOTE;
        }
      }
      case AFTER_BACKSLASH -> in = In.ESCAPE_STRING;
      case ESCAPE_STRING_QUOTE -> {
        in = b == '\'' ? In.ESCAPE_STRING : In.STATEMENT;
        if (in == In.STATEMENT) {
          statement(b);
        }
      }
      case DOLLAR_TAG -> dollarTag(b);
      case DOLLAR_STRING -> dollarString(b);
      case LINE_COMMENT -> {
        if (b == '\n') {
          in = In.STATEMENT;
        }
      }
      case BLOCK_COMMENT -> blockComment(b);
    }
    lastButOne = last;
    last = b;
  }

  private void endsWith(int b, int quote) {
    // A doubled quote ends the string and begins it again.
    if (b == quote) {
      in = In.STATEMENT;
    }
  }

  private void statement(int b) {
    if (b == '\'') {
      boolean escapes = (last == 'E' || last == 'e') && !isWord(lastButOne);
      in = escapes ? In.ESCAPE_STRING : In.STRING;
    } else if (b == '"') {
      in = In.NAME;
    } else if (b == '$' && !isWord(last)) {
      in = In.DOLLAR_TAG;
      tag.reset();
      tag.write(b);
    } else if (b == '-' && last == '-') {
      in = In.LINE_COMMENT;
      fresh = fresh || onlyDash;
    } else if (b == '*' && last == '/') {
      in = In.BLOCK_COMMENT;
      comments = 1;
    }
    onlyDash = b == '-' && fresh;
    if (b == ';') {
      fresh = true;
    } else if (in != In.LINE_COMMENT && b > ' ') {
      fresh = false;
    }
  }

  private void dollarTag(int b) {
    if (b == '$') {
      tag.write(b);
      delimiter = tag.toByteArray();
      matched = 0;
      in = In.DOLLAR_STRING;
    } else if (isWord(b) && (tag.size() > 1 || b < '0' || b > '9')) {
      tag.write(b);
    } else {
      in = In.STATEMENT;
      statement(b);
    }
  }

  private void dollarString(int b) {
    if (b == delimiter[matched]) {
      matched++;
    } else {
      matched = b == '$' ? 1 : 0;
    }
    if (matched == delimiter.length) {
      in = In.STATEMENT;
    }
  }

  private void blockComment(int b) {
    if (b == '*' && last == '/') {
      comments++;
    } else if (b == '/' && last == '*' && --comments == 0) {
      in = In.STATEMENT;
    }
  }

  private static boolean isWord(int b) {
    return b == '_' || b >= 0x80 || Character.isLetterOrDigit(b);
  }
}
