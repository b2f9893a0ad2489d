/** Who may call the REST API, and how many connections the server keeps open. */
@NullMarked
package io.parsecbackup.api.access;

import org.jspecify.annotations.NullMarked;
