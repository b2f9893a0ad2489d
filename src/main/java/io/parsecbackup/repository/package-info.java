/**
 * The format of a repository: backups, objects, the lock, publishing, records of runs and checks.
 */
@NullMarked
package io.parsecbackup.repository;

import org.jspecify.annotations.NullMarked;
