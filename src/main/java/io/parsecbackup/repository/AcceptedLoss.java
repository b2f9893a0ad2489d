package io.parsecbackup.repository;

import io.parsecbackup.repository.index.ColumnCodec;
import io.parsecbackup.repository.index.RecordCodec;
import java.util.List;

/**
 * The loss of an object that an operator has accepted.
 *
 * @param binding the state of the object that was accepted, see {@link #binding(String, boolean)}
 * @param reason why the object was missing
 */
public record AcceptedLoss(String key, String binding, String reason) {

  /** The binding of an object that no row names. */
  public static final String NO_ROW = "-";

  /** Follows the sizes if the repository had the object. */
  private static final String HELD = ";held";

  /** Writes accepted losses to the lists of acceptances and to scratch files. */
  public static final RecordCodec<AcceptedLoss> CODEC =
      new ColumnCodec<>(
          AcceptedLoss::key,
          2,
          loss -> List.of(loss.binding(), loss.reason()),
          columns -> new AcceptedLoss(columns.get(0), columns.get(1), columns.get(2)));

  /**
   * The binding of an acceptance to the state of the object.
   *
   * @param sizes of the rows that name the object, see {@link
   *     io.parsecbackup.repository.index.Reference#sizeList}
   * @param wasHeld whether the repository had the object, and its file is damaged or missing
   */
  public static String binding(String sizes, boolean wasHeld) {
    return wasHeld ? sizes + HELD : sizes;
  }

  /** The sizes of the rows in the binding. */
  public String sizes() {
    return binding.endsWith(HELD)
        ? binding.substring(0, binding.length() - HELD.length())
        : binding;
  }
}
