/** A repository in a folder: links, rights, flushes, renames, and the operating system's lock. */
@NullMarked
package io.parsecbackup.repository.storage.folder;

import org.jspecify.annotations.NullMarked;
