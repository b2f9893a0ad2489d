package io.parsecbackup.repository.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parsecbackup.Problem;
import io.parsecbackup.repository.storage.Content;
import io.parsecbackup.repository.storage.Layout;
import io.parsecbackup.repository.storage.NewFile;
import io.parsecbackup.repository.storage.RemoteStorageException;
import io.parsecbackup.repository.storage.RunId;
import io.parsecbackup.repository.storage.SealedJson;
import io.parsecbackup.repository.storage.Storage;
import io.parsecbackup.repository.storage.folder.FolderStorage;
import io.parsecbackup.repository.storage.folder.StableStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlansTest {

  private static final RunId ID = new RunId("20261201T020000Z");
  private static final Instant EXPIRES = Instant.parse("2026-12-01T12:00:00Z");

  @TempDir Path folder;

  private Storage storage() throws Exception {
    Storage storage = new FolderStorage(folder.resolve("repository"), new StableStorage());
    try (var held = storage.locks().exclusive("test")) {
      Plan plan = new Plan(ID, 2, EXPIRES, JsonNodeFactory.instance.objectNode());
      storage.put(
          NewFile.replacing(Layout.planJson(ID), Content.of(SealedJson.seal(plan.document()))));
    }
    return storage;
  }

  /** The same as at a server that does not return the document of the plan. */
  private static Storage refusing(Storage storage) {
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("isRemote")) {
                return true;
              }
              if (method.getName().equals("open") && arguments[0].equals(Layout.planJson(ID))) {
                throw new RemoteStorageException("refused", "try again");
              }
              try {
                return method.invoke(storage, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  @Test
  void keepsOthersAwayUntilItExpires() throws Exception {
    Plans plans = new Plans(storage());
    Problem held = assertThrows(Problem.class, () -> plans.requireNone(Optional.of(EXPIRES)));
    assertEquals(Problem.Kind.HELD, held.kind());
    plans.requireNone(Optional.of(EXPIRES.plusSeconds(1)));
    assertTrue(plans.newest().isEmpty());
  }

  /** The document may be intact, so the plan with its dump must not be removed. */
  @Test
  void isNotDiscardedIfTheServerRefusesItsDocument() throws Exception {
    Storage storage = storage();
    assertThrows(
        RemoteStorageException.class,
        () -> new Plans(refusing(storage)).requireNone(Optional.of(EXPIRES)));
    assertEquals(Optional.of(ID), new Plans(storage).open().map(Plan::id));
  }
}
