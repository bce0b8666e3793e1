-- The role that metrics are read with, :role: it signs in to this database, where there is nobody's data, and reads the
-- statistics of the whole server. After the microservices' databases, which are then nobody's but their own.

SELECT 5 AS connections \gset
\ir role.sql

SELECT format('GRANT pg_monitor TO %I WITH INHERIT TRUE, SET FALSE', :'role')
WHERE NOT pg_has_role(:'role', 'pg_monitor', 'USAGE') \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role')
WHERE NOT has_database_privilege(:'role', current_database(), 'CONNECT') \gexec
