/**
 * The files of a repository: where each one is, and how it is opened, written, sealed and flushed.
 */
@NullMarked
package io.parsecbackup.repository.storage;

import org.jspecify.annotations.NullMarked;
