-- In the microservice's own database: a schema of its own, named after its role :role, in which it makes and changes its
-- tables. PostgreSQL looks there first, so nobody has to say its name.

\ir audit.sql

SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'
FROM pg_namespace
WHERE nspname = 'public'
  AND EXISTS (SELECT FROM aclexplode(nspacl) WHERE grantee = 0 AND privilege_type = 'CREATE') \gexec

SELECT format('CREATE SCHEMA %1$I AUTHORIZATION %1$I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = :'role') \gexec

-- Of what a role makes, everybody may use functions. Here nobody may.
SELECT format('SET ROLE %I', :'role'),
       'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
       'RESET ROLE'
WHERE NOT EXISTS (
  SELECT FROM pg_default_acl JOIN pg_roles ON pg_roles.oid = defaclrole
  WHERE rolname = :'role' AND defaclnamespace = 0 AND defaclobjtype = 'f'
) \gexec
