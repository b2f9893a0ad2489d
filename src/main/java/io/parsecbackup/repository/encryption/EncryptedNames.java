package io.parsecbackup.repository.encryption;

/** The names of encrypted files: the plain name, and {@value #SUFFIX}. */
public final class EncryptedNames {

  public static final String SUFFIX = ".age";

  private EncryptedNames() {}

  public static boolean isEncrypted(String name) {
    return name.endsWith(SUFFIX);
  }

  /** The name without the suffix, if it has it. */
  public static String plain(String name) {
    return isEncrypted(name) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
