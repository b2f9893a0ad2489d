-- Changes of Parsec 3.10 to the schema in parsec-schema.sql.

DROP TABLE realm_user_change;
INSERT INTO migration VALUES (25, '0025_step', '2026-02-01 00:00:00+00');

CREATE TABLE cryptpad_session (
    _id SERIAL PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realm (_id),
    document_id UUID NOT NULL,
    session BYTEA NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    UNIQUE (realm, document_id)
);
INSERT INTO cryptpad_session (realm, document_id, session, created_on)
SELECT _id, md5('document' || _id)::uuid, sha256(realm_id::text::bytea), '2026-03-01 00:00:00+00' FROM realm ORDER BY _id;
INSERT INTO migration VALUES (26, '0026_step', '2026-03-01 00:00:00+00');
