/** The files of a dump that is a folder. */
@NullMarked
package io.parsecbackup.repository.parts;

import org.jspecify.annotations.NullMarked;
