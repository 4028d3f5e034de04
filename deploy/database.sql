-- What the logins may do with one of our databases as a whole. Runs in portal_content and in
-- portal_keys, as a superuser, as often as you like. See deploy/logins.sql.

REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO portal_web, portal_worker, portal_backup;

ALTER SCHEMA public OWNER TO portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_web, portal_worker, portal_destroyer, portal_backup;
