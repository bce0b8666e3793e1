-- In the microservice's own database: who may read its tables, those of today and those to come, and do nothing else. They
-- are the roles :readers, a line for each, and nobody besides. A role of its own has the rights, and they are its members:
-- who is none any more has nothing left. Its name has a dot in it, which no other's here has.

SELECT :'role' || '.readers' AS reading \gset

SELECT format('CREATE ROLE %I NOLOGIN', :'reading')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reading') \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'reading')
WHERE NOT has_database_privilege(:'reading', current_database(), 'CONNECT') \gexec

-- What is the microservice's, only its own role gives.
SELECT format('SET ROLE %I', :'role'),
       format('GRANT USAGE ON SCHEMA %I TO %I', :'role', :'reading'),
       'RESET ROLE'
WHERE NOT has_schema_privilege(:'reading', :'role', 'USAGE') \gexec

SELECT format('SET ROLE %I', :'role'),
       format('GRANT SELECT ON %s TO %I', string_agg(format('%I.%I', nspname, relname), ', '), :'reading'),
       'RESET ROLE'
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_roles ON pg_roles.oid = relowner
WHERE nspname = :'role'
  AND rolname = :'role'
  AND relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT has_table_privilege(:'reading', pg_class.oid, 'SELECT')
HAVING count(*) > 0 \gexec

SELECT format('SET ROLE %I', :'role'),
       format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO %I', :'role', :'reading'),
       'RESET ROLE'
WHERE NOT EXISTS (
  SELECT
  FROM pg_default_acl
    JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
    JOIN pg_roles AS owner ON owner.oid = defaclrole
    CROSS JOIN aclexplode(defaclacl)
    JOIN pg_roles AS reading ON reading.oid = grantee
  WHERE nspname = :'role'
    AND owner.rolname = :'role'
    AND reading.rolname = :'reading'
    AND defaclobjtype = 'r'
    AND privilege_type = 'SELECT'
) \gexec

SELECT format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', :'reading', reader)
FROM string_to_table(:'readers', E'\n') AS reader
WHERE reader <> '' AND NOT pg_has_role(reader, :'reading', 'USAGE') \gexec

-- But for the administrator, who made the role and so may give it.
SELECT format('REVOKE %I FROM %I', :'reading', reader.rolname)
FROM pg_auth_members
  JOIN pg_roles AS reading ON reading.oid = roleid
  JOIN pg_roles AS reader ON reader.oid = member
WHERE reading.rolname = :'reading'
  AND (inherit_option OR set_option)
  AND NOT reader.rolname = ANY (string_to_array(:'readers', E'\n')) \gexec
