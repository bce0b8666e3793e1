#!/bin/sh
# Gives each microservice a database, and a role that can use that database and nothing else. It may run as often as one
# likes: what is as it should be is left alone.
#
# Beside it are the SQL files; databases, with a line for each microservice: name, host, database, role; and people, with
# a line for each role of people. In $SECRETS are the passwords: administrator, and users/<microservice>. How to connect
# is in libpq's own variables: PGUSER, PGPORT, PGSSLMODE, PGSSLROOTCERT.
#
# A password is in no argument, which other processes could see. psql sends the server only what SCRAM keeps of it, so
# that no log of statements has it either.
set -eu
cd "$(dirname "$0")"

administrator() {
  PGPASSWORD=$(cat "$SECRETS/administrator") PGOPTIONS='-c password_encryption=scram-sha-256' \
    psql --no-psqlrc --no-password --tuples-only --no-align --set ON_ERROR_STOP=1 --host "$host" "$@"
}

microservice_signs_in() {
  PGPASSWORD=$(cat "$SECRETS/users/$microservice") \
    psql --no-psqlrc --no-password --host "$host" --username "$role" --dbname "$database" --command 'SELECT' >/dev/null
}

set_password() {
  password=$(cat "$SECRETS/users/$microservice")
  # Without a terminal, \password reads the standard input: the password, and once more.
  printf '%s\n%s\n' "$password" "$password" | administrator --dbname postgres --command "\\password \"$role\""
  echo
}

# shellcheck disable=SC2094 # The file is read twice, and written nowhere.
while read -r microservice host database role; do
  echo "$microservice: database $database and role $role on $host"
  neighbours=$(grep -cF " $host " databases)
  administrator --dbname postgres --set "role=$role" --set "database=$database" --set "neighbours=$neighbours" \
    --file server.sql
  administrator --dbname "$database" --set "role=$role" --file database.sql
  while read -r person; do
    administrator --dbname postgres --set "person=$person" --set "role=$role" --set "database=$database" \
      --file person.sql
  done <people
  if microservice_signs_in 2>/dev/null; then
    echo "$microservice: has that password already"
  else
    set_password
    microservice_signs_in
    echo "$microservice: has a new password"
  fi
done <databases
