-- What pgaudit logs of the schema's changes has the names of what was changed only in databases that have the extension
-- ("CREATE EXTENSION pgaudit", pgaudit's README). The clouds load it, and let their administrators make it, who are no
-- superusers; in the cluster, the operator makes it by itself.

SELECT 'CREATE EXTENSION pgaudit'
FROM pg_available_extensions
WHERE name = 'pgaudit'
  AND installed_version IS NULL
  AND current_setting('pgaudit.log', true) <> ''
  AND EXISTS (SELECT FROM pg_roles WHERE rolname IN ('azure_pg_admin', 'cloudsqlsuperuser', 'rds_superuser')) \gexec
