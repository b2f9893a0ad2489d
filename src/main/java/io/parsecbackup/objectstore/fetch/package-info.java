/** Fetches objects from a source into the repository: plan, fetch, prove, adopt. */
@NullMarked
package io.parsecbackup.objectstore.fetch;

import org.jspecify.annotations.NullMarked;
