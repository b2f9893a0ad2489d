/**
 * What Parsec is, as far as a backup has to know it: the two settings that name its stores, read as
 * the Parsec server reads them.
 */
@NullMarked
package io.parsecbackup.parsec;

import org.jspecify.annotations.NullMarked;
