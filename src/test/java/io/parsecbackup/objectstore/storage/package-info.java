@NullMarked
package io.parsecbackup.objectstore.storage;

import org.jspecify.annotations.NullMarked;
