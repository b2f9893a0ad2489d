package io.parsecbackup.objectstore.upload;

import io.parsecbackup.objectstore.raid.NodeShare;
import io.parsecbackup.parsec.Blockstore;
import io.parsecbackup.repository.ObjectProof;
import io.parsecbackup.repository.index.IndexRecord;
import java.util.Iterator;

/**
 * The objects to upload, and the bucket to upload them to.
 *
 * @param share the part of the objects that this bucket stores
 * @param records the objects, in key order, each once
 * @param proof finds the objects' bytes in the repository and checks them
 */
public record UploadRequest(
    Blockstore.S3 bucket,
    NodeShare share,
    Iterator<IndexRecord> records,
    ObjectProof proof,
    UploadOptions options) {}
