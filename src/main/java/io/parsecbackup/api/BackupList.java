package io.parsecbackup.api;

import io.parsecbackup.backup.Backup;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A list of backups and runs, newest first. */
@RegisterForReflection
@Schema(description = "Backups and runs that published nothing, newest first.")
public record BackupList(List<Backup> backups) {}
