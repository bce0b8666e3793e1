-- A role of people who may read, :person. What it may read, readers.sql says, of each database; :people are the roles of
-- administrators, a line for each.

\ir directory.sql

-- On Azure, only who has signed in through the directory may say which group signs in as a role, and only of a role that
-- is theirs to give.
SELECT format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', :'person', administrators)
FROM string_to_table(:'people', E'\n') AS administrators
WHERE administrators <> ''
  AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'azure_pg_admin')
  AND NOT pg_has_role(administrators, :'person', 'MEMBER WITH ADMIN OPTION') \gexec
