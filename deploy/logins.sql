-- The logins and what each may be. Runs as a superuser, as often as you like, on any database of the
-- server; then deploy/database.sql runs in each of the two databases. Both are applied by
-- `python -m launcher.logins` (production) and by the launcher (demo, tests, benchmarks).
-- Names in braces are filled in, quoted. Passwords arrive as SCRAM verifiers, never as text.
-- Which login may do what to which *table* is not said here: that comes with the migrations.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'portal_owner', 'portal_web', 'portal_destroyer', 'portal_worker', 'portal_backup'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END $$;

-- Owns both databases and migrates them. May step into the shoes of the others, to test them.
ALTER ROLE portal_owner LOGIN INHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS
    PASSWORD {owner_password};

-- Serves the pages. Member of nothing, so there is nothing it could become.
ALTER ROLE portal_web LOGIN INHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS
    PASSWORD {web_password};

-- May delete what has been approved for destruction. Nobody signs in as this.
ALTER ROLE portal_destroyer NOLOGIN INHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION
    NOBYPASSRLS PASSWORD NULL;

-- Runs the jobs: acts as portal_web like a page does, and alone may also act as portal_destroyer.
ALTER ROLE portal_worker LOGIN INHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS
    PASSWORD {worker_password};

-- Reads everything for a backup, whatever row-level security says, and can write nothing.
ALTER ROLE portal_backup LOGIN INHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS
    PASSWORD {backup_password};
ALTER ROLE portal_backup SET default_transaction_read_only = on;

GRANT portal_web, portal_destroyer TO portal_owner;
GRANT portal_web, portal_destroyer TO portal_worker;
GRANT pg_read_all_data TO portal_backup;
