/** The REST API, and who may call it. */
@NullMarked
package io.parsecbackup.api;

import org.jspecify.annotations.NullMarked;
