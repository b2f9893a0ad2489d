/** Which settings a command reads, and the checks of all settings at the start of the service. */
@NullMarked
package io.parsecbackup.cli.settings;

import org.jspecify.annotations.NullMarked;
