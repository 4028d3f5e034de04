-- What the logins may do with one of our databases as a whole. Runs in portal_content and in
-- portal_keys, as a superuser, as often as you like. See deploy/logins.sql.

REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO portal_backup;

-- Nobody comes in while a copy is being put back, nor after that was cut off half-way: what was
-- destroyed since is back in it. `manage.py restore` lets them in when it has ended well.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_database WHERE datname = current_database()
            AND shobj_description(oid, 'pg_database') LIKE 'restoring %'
    ) THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO portal_web, portal_worker',
            current_database());
    END IF;
END $$;

ALTER SCHEMA public OWNER TO portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_web, portal_worker, portal_destroyer, portal_backup;
