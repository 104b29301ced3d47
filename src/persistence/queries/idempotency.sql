-- start of a process

DELETE FROM idempotency_key WHERE expires_at < now();

-- a new key

INSERT INTO idempotency_key AS known (owner, key_hash, process, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')
ON CONFLICT (owner, key_hash) DO UPDATE SET process = excluded.process, fingerprint = NULL, answer = NULL, expires_at = excluded.expires_at
WHERE known.expires_at < now() OR (known.answer IS NULL AND NOT process_is_alive(known.process))
RETURNING 1;

-- a key that is given back

DELETE FROM idempotency_key WHERE owner = $1 AND key_hash = $2 AND process = $3 AND answer IS NULL;

-- an answer

UPDATE idempotency_key SET fingerprint = $4, answer = $5, expires_at = now() + interval '1 day'
WHERE owner = $1 AND key_hash = $2 AND process = $3 AND answer IS NULL;

-- a key that was answered

INSERT INTO idempotency_key AS known (owner, key_hash, process, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')
ON CONFLICT (owner, key_hash) DO UPDATE SET process = excluded.process, fingerprint = NULL, answer = NULL, expires_at = excluded.expires_at
WHERE known.expires_at < now() OR (known.answer IS NULL AND NOT process_is_alive(known.process))
RETURNING 1;

SELECT fingerprint, answer FROM idempotency_key WHERE owner = $1 AND key_hash = $2;
