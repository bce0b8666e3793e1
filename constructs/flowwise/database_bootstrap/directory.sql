-- A role, :person, of people who sign in through the cloud's directory. It has rights to nothing.

SELECT format('CREATE ROLE %I LOGIN', :'person')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'person') \gexec

-- On AWS, who has this role signs in with IAM.
SELECT format('GRANT rds_iam TO %I', :'person')
WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AND NOT pg_has_role(:'person', 'rds_iam', 'MEMBER') \gexec
