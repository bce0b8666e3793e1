-- A role of administrators, :person, who may become the microservice's role, :role.

\ir directory.sql

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', :'database', :'person')
WHERE NOT has_database_privilege(:'person', :'database', 'CONNECT') \gexec

-- By SET ROLE alone, which is logged.
SELECT format('GRANT %I TO %I WITH SET TRUE, INHERIT FALSE', :'role', :'person')
WHERE NOT pg_has_role(:'person', :'role', 'SET') \gexec
