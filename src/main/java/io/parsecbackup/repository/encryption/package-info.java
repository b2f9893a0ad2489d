/** Encrypts the files of a backup that hold personal data, in the format of age. */
@NullMarked
package io.parsecbackup.repository.encryption;

import org.jspecify.annotations.NullMarked;
