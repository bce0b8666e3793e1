-- A role that signs in with a password, :role, and may have :connections at a time. It has rights to nothing.

SELECT format(
  'CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT %s',
  :'role', :connections
)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

SELECT format('ALTER ROLE %I LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT %s', rolname, :connections)
FROM pg_roles
WHERE rolname = :'role'
  AND (NOT rolcanlogin OR rolcreatedb OR rolcreaterole OR rolconnlimit <> :connections) \gexec

-- Only a superuser may: for anybody else it fails, rather than go on with a role that can do too much.
SELECT format('ALTER ROLE %I NOSUPERUSER NOREPLICATION NOBYPASSRLS', rolname)
FROM pg_roles
WHERE rolname = :'role' AND (rolsuper OR rolreplication OR rolbypassrls) \gexec
