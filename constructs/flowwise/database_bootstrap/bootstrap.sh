#!/bin/sh
# Gives each microservice a database, and a role that can use that database and nothing else; and metrics a role that can
# read statistics and nothing else. It may run as often as one likes: what is as it should be is left alone.
#
# Beside it are the SQL files; databases, with a line for each microservice: name, host, database, role; people, with a
# line for each role of administrators; readers, with a line for each microservice that a role of people may read:
# microservice, role; and watchers, with a line for each server: host, role. In $SECRETS are the passwords: administrator,
# users/<microservice>, and watcher. How to connect is in libpq's own variables: PGUSER, PGPORT, PGSSLMODE, PGSSLROOTCERT.
#
# A password is in no argument, which other processes could see. psql sends the server only what SCRAM keeps of it, so
# that no log of statements has it either.
set -eu
cd "$(dirname "$0")"

administrator() {
  PGPASSWORD=$(cat "$SECRETS/administrator") PGOPTIONS='-c password_encryption=scram-sha-256' \
    psql --no-psqlrc --no-password --tuples-only --no-align --set ON_ERROR_STOP=1 --host "$host" "$@"
}

signs_in() {
  PGPASSWORD=$(cat "$SECRETS/$secret") \
    psql --no-psqlrc --no-password --host "$host" --username "$role" --dbname "$database" --command 'SELECT' >/dev/null
}

set_password() {
  password=$(cat "$SECRETS/$secret")
  # Without a terminal, \password reads the standard input: the password, and once more.
  printf '%s\n%s\n' "$password" "$password" | administrator --dbname postgres --command "\\password \"$role\""
  echo
}

give_password() {
  if signs_in 2>/dev/null; then
    echo "$1: has that password already"
  else
    set_password
    signs_in
    echo "$1: has a new password"
  fi
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
  readers=
  while read -r read reader; do
    test "$read" = "$microservice" || continue
    administrator --dbname postgres --set "person=$reader" --set "people=$(cat people)" --file reader.sql
    readers="$readers$reader
"
  done <readers
  administrator --dbname "$database" --set "role=$role" --set "readers=$readers" --file readers.sql
  secret="users/$microservice" give_password "$microservice"
done <databases

while read -r host role; do
  echo "metrics: role $role on $host"
  administrator --dbname postgres --set "role=$role" --file watcher.sql
  secret=watcher database=postgres give_password metrics
done <watchers
