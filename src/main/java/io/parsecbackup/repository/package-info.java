/** Where backups live: plain files under plain names, and the rules that keep them whole. */
@NullMarked
package io.parsecbackup.repository;

import org.jspecify.annotations.NullMarked;
