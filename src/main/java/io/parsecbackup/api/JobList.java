package io.parsecbackup.api;

import io.parsecbackup.job.JobResult;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A list of jobs, newest first. */
@RegisterForReflection
@Schema(description = "Verifications, drills and restores, newest first.")
public record JobList(List<JobResult> jobs) {}
