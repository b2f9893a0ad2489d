-- Rows around the blocks, so that a dump is more than one table. Organization n gets a person, a user and a device with the same
-- number, the realms 2n-1 and 2n, and some metadata.

INSERT INTO human (organization, email, label)
SELECT _id, 'zoe' || _id || '@example.com', 'Zoë O''Neil 陽子 🙂' FROM organization ORDER BY _id;

INSERT INTO user_ (organization, user_id, human, initial_profile, user_certificate, created_on)
SELECT h.organization, md5('user' || h._id)::uuid, h._id, 'ADMIN', sha256(h.email::bytea),
       '2025-01-01 00:00:00+00'
FROM human h ORDER BY h._id;

INSERT INTO device (organization, user_, device_id, device_label, device_certificate, created_on)
SELECT organization, _id, md5('device' || _id)::uuid, 'PC\1' || chr(9) || 'tab', sha256(user_certificate),
       '2025-01-01 00:00:00.123456+00'
FROM user_ ORDER BY _id;

INSERT INTO realm (organization, realm_id, key_index, created_on)
SELECT o._id, md5('realm' || o._id || ' ' || n)::uuid, 1, '2025-01-01 00:00:00+00'
FROM organization o, generate_series(1, 2) n ORDER BY o._id, n;

INSERT INTO realm_user_role (realm, user_, role, certificate, certified_on)
SELECT r._id, u._id, 'OWNER', sha256(r.realm_id::text::bytea), r.created_on
FROM realm r JOIN user_ u USING (organization) ORDER BY r._id;

INSERT INTO realm_user_change (realm, user_, last_role_change)
SELECT realm, user_, certified_on FROM realm_user_role ORDER BY realm;

INSERT INTO vlob_atom (realm, vlob_id, version, blob, size, author, created_on)
SELECT r._id, md5('vlob' || r._id || ' ' || n)::uuid, 1, sha256((r._id || ' ' || n)::bytea), 32, d._id,
       r.created_on
FROM realm r JOIN device d USING (organization), generate_series(1, 20) n ORDER BY r._id, n;

INSERT INTO common_topic (organization, last_timestamp)
SELECT _id, _created_on FROM organization ORDER BY _id;

INSERT INTO realm_topic (organization, realm, last_timestamp)
SELECT organization, _id, created_on FROM realm ORDER BY _id;

INSERT INTO invitation (organization, token, type, created_on, deleted_on)
SELECT _id, md5('token' || _id), 'USER', '2025-06-01 00:00:00+00', NULL FROM organization ORDER BY _id;
