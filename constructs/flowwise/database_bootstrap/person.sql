-- A role of people, :person: they sign in through the cloud's directory, and may become the microservice's role, :role.

SELECT format('CREATE ROLE %I LOGIN', :'person')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'person') \gexec

-- On AWS, who has this role signs in with IAM.
SELECT format('GRANT rds_iam TO %I', :'person')
WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AND NOT pg_has_role(:'person', 'rds_iam', 'MEMBER') \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', :'database', :'person')
WHERE NOT has_database_privilege(:'person', :'database', 'CONNECT') \gexec

-- By SET ROLE alone, which is logged.
SELECT format('GRANT %I TO %I WITH SET TRUE, INHERIT FALSE', :'role', :'person')
WHERE NOT pg_has_role(:'person', :'role', 'SET') \gexec
