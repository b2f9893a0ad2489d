package io.parsecbackup.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parsecbackup.repository.Repository;
import io.parsecbackup.repository.Workspace;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.DigestMismatchException;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/** Copies the accepted losses: the list first, and then the document that makes it valid. */
record AcceptedCopy(CopySource source, Repository target, Workspace workspace) {

  /** Returns whether all that were missing are copied. */
  boolean run() throws IOException {
    boolean whole = true;
    List<RunId> there = target.acceptedLosses().ids();
    for (RunId id : source.repository().acceptedLosses().ids()) {
      if (!there.contains(id)) {
        whole &= copy(id);
      }
    }
    return whole;
  }

  private boolean copy(RunId id) throws IOException {
    String list = Layout.acceptedList(id);
    Optional<ObjectNode> document = source.repository().acceptedLosses().read(id);
    if (document.isEmpty()) {
      source.report().found(Layout.acceptance(id), "digest", "the seal in it", "another seal");
      return false;
    }
    String expected = document.get().path("sha256").asText();
    StagedFile staged;
    try {
      staged = StagedFile.of(source.repository(), list, expected, workspace);
    } catch (DigestMismatchException e) {
      source.report().found(list, "digest", expected, e.found());
      return false;
    } catch (NoSuchFileException e) {
      source.report().found(list, "lost", expected, "no such file");
      return false;
    }
    target.storage().put(NewFile.replacing(list, Content.of(staged.file(), staged.sha256())));
    target
        .storage()
        .put(NewFile.replacing(Layout.acceptance(id), Content.of(SealedJson.seal(document.get()))));
    return true;
  }
}
