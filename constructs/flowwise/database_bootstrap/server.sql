-- The role and the database of one microservice, :role and :database; :neighbours have databases on this server.
-- Every statement is made by a query, and only where it would change something. The administrator is no superuser: it
-- has CREATEROLE and CREATEDB, as in the clouds.

-- No microservice can use up the connections of the others, or those that are left for people and monitoring.
SELECT greatest(5, current_setting('max_connections')::int * 8 / 10 / :neighbours) AS connections \gset

\ir role.sql

-- To make the schema in the role's name. The administrator still has no rights to what the microservice stores.
SELECT format('GRANT %I TO CURRENT_USER WITH SET TRUE, INHERIT FALSE', :'role')
WHERE NOT pg_has_role(:'role', 'SET') \gexec

SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

-- PostgreSQL lets everybody into every database. Here nobody is, neither into this one nor into postgres or template1.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database
WHERE datallowconn
  AND pg_has_role(datdba, 'USAGE')
  AND EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0) \gexec

SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', :'database', :'role')
WHERE NOT has_database_privilege(:'role', :'database', 'CONNECT')
   OR NOT has_database_privilege(:'role', :'database', 'TEMPORARY') \gexec

\ir audit.sql

SELECT format('Everybody may still connect to %I: it belongs to %I, not to the administrator.', datname, rolname)
FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
WHERE datallowconn
  AND EXISTS (
    SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))
    WHERE grantee = 0 AND privilege_type = 'CONNECT'
  )
ORDER BY datname;
