-- The schema of a Parsec server's database, for tests. The tables that a backup reads (migration, organization, realm, block, block_data)
-- have all columns of the real ones; the other tables are shortened examples.

CREATE TYPE user_profile AS ENUM ('ADMIN', 'STANDARD', 'OUTSIDER');
CREATE TYPE realm_role AS ENUM ('OWNER', 'MANAGER', 'CONTRIBUTOR', 'READER');
CREATE TYPE device_purpose AS ENUM ('STANDARD', 'WEB_AUTH', 'PASSPHRASE_RECOVERY');
CREATE TYPE invitation_type AS ENUM ('USER', 'DEVICE', 'SHAMIR_RECOVERY');

CREATE TABLE migration (
    _id INTEGER PRIMARY KEY,
    name VARCHAR(256) NOT NULL UNIQUE,
    applied TIMESTAMPTZ NOT NULL
);
INSERT INTO migration
SELECT n, to_char(n, 'FM0000') || '_step', '2024-01-01 00:00:00+00'::timestamptz + n * interval '30 days'
FROM generate_series(1, 24) AS n;

CREATE TABLE organization (
    _id SERIAL PRIMARY KEY,
    organization_id VARCHAR(32) NOT NULL UNIQUE,
    bootstrap_token VARCHAR(32),
    root_verify_key BYTEA,
    is_expired BOOLEAN NOT NULL DEFAULT FALSE,
    _created_on TIMESTAMPTZ NOT NULL,
    active_users_limit INTEGER,
    minimum_archiving_period INTEGER NOT NULL DEFAULT 2592000
);

CREATE TABLE human (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    email VARCHAR(254) NOT NULL,
    label VARCHAR(254) NOT NULL,
    UNIQUE (organization, email)
);

CREATE TABLE user_ (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    user_id UUID NOT NULL,
    human INTEGER NOT NULL REFERENCES human (_id),
    initial_profile user_profile NOT NULL,
    user_certificate BYTEA NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    frozen BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (organization, user_id)
);

CREATE TABLE device (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    user_ INTEGER NOT NULL REFERENCES user_ (_id),
    device_id UUID NOT NULL,
    device_label VARCHAR(254) NOT NULL,
    purpose device_purpose NOT NULL DEFAULT 'STANDARD',
    device_certificate BYTEA NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    UNIQUE (organization, device_id)
);

CREATE TABLE realm (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    realm_id UUID NOT NULL,
    key_index INTEGER NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    UNIQUE (organization, realm_id)
);

CREATE TABLE realm_user_role (
    _id SERIAL PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realm (_id),
    user_ INTEGER NOT NULL REFERENCES user_ (_id),
    role realm_role,
    certificate BYTEA NOT NULL,
    certified_on TIMESTAMPTZ NOT NULL
);

CREATE TABLE realm_user_change (
    _id SERIAL PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realm (_id),
    user_ INTEGER NOT NULL REFERENCES user_ (_id),
    last_role_change TIMESTAMPTZ,
    last_vlob_change TIMESTAMPTZ,
    UNIQUE (realm, user_)
);

CREATE TABLE vlob_atom (
    _id SERIAL PRIMARY KEY,
    realm INTEGER NOT NULL REFERENCES realm (_id),
    vlob_id UUID NOT NULL,
    version INTEGER NOT NULL,
    blob BYTEA NOT NULL,
    size INTEGER NOT NULL,
    author INTEGER NOT NULL REFERENCES device (_id),
    created_on TIMESTAMPTZ NOT NULL,
    UNIQUE (realm, vlob_id, version)
);

CREATE TABLE block (
    _id SERIAL PRIMARY KEY,
    block_id UUID NOT NULL,
    realm INTEGER NOT NULL REFERENCES realm (_id),
    author INTEGER NOT NULL REFERENCES device (_id),
    size INTEGER NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    deleted_on TIMESTAMPTZ,
    key_index INTEGER NOT NULL,
    UNIQUE (realm, block_id)
);

CREATE TABLE block_data (
    _id SERIAL PRIMARY KEY,
    organization_id VARCHAR NOT NULL,
    block_id UUID NOT NULL,
    data BYTEA NOT NULL,
    UNIQUE (organization_id, block_id)
);

CREATE TABLE common_topic (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL UNIQUE REFERENCES organization (_id),
    last_timestamp TIMESTAMPTZ NOT NULL
);

CREATE TABLE realm_topic (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    realm INTEGER NOT NULL UNIQUE REFERENCES realm (_id),
    last_timestamp TIMESTAMPTZ NOT NULL
);

CREATE TABLE invitation (
    _id SERIAL PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (_id),
    token VARCHAR(32) NOT NULL,
    type invitation_type NOT NULL,
    created_on TIMESTAMPTZ NOT NULL,
    deleted_on TIMESTAMPTZ,
    UNIQUE (organization, token)
);
CREATE INDEX invitation_open ON invitation (organization) WHERE deleted_on IS NULL;
