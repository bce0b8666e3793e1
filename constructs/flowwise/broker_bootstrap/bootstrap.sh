#!/bin/sh
# Makes the virtual host, users, queues and rights of RabbitMQ, by its management API. It may run as often as one likes:
# what is there already is put there again, as it is. It takes nothing away.
#
# Beside it are users, with a name on each line, and calls, with a call on each line: method, path under /api, body. In
# $SECRETS are administrator/password, administrator/name unless $ADMINISTRATOR says it, users/<name> with that user's
# password, and ca.crt unless a public authority signs the broker's certificate. The rest is in $MANAGEMENT_URL, $VIRTUAL_HOST and $NODES, the number of
# nodes that the broker has.
#
# A password is in no argument, which other processes could see: curl reads it from a pipe.
set -eu
cd "$(dirname "$0")"

# Escapes a text as JSON wants it between quotes, and curl's configuration too.
escape() {
  sed 's/[\\"]/\\&/g'
}

if [ -e "$SECRETS/administrator/name" ]; then
  administrator=$(cat "$SECRETS/administrator/name")
else
  administrator=$ADMINISTRATOR
fi

# Method, path, body.
request() {
  {
    printf 'user = "%s:%s"\n' "$(printf '%s' "$administrator" | escape)" "$(escape <"$SECRETS/administrator/password")"
    if [ -e "$SECRETS/ca.crt" ]; then
      printf 'cacert = "%s"\n' "$SECRETS/ca.crt"
    fi
    if [ -n "$3" ]; then
      printf 'data = "%s"\n' "$(printf '%s' "$3" | escape)"
    fi
  } | curl --config - --silent --show-error --fail-with-body --max-time 30 --request "$1" \
    --header 'Content-Type: application/json' "$MANAGEMENT_URL/api$2"
}

running_nodes() {
  request GET '/nodes?columns=running' '' | grep -o '"running":true' | wc -l
}

# A queue gets its copies on the nodes that run when it is made, and later ones have none.
tries=30
while [ "$(running_nodes)" -lt "$NODES" ]; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "The broker has not got all of its $NODES nodes." >&2
    exit 1
  fi
  sleep 10
done

request PUT "/vhosts/$VIRTUAL_HOST" '{}'
request PUT "/permissions/$VIRTUAL_HOST/$administrator" '{"configure":".*","write":".*","read":".*"}'

# Without a tag, a user may not use the management API.
while read -r user; do
  echo "PUT /users/$user"
  request PUT "/users/$user" "{\"tags\":\"\",\"password\":\"$(escape <"$SECRETS/users/$user")\"}"
done <users

while read -r method path body; do
  echo "$method $path"
  request "$method" "$path" "$body"
done <calls
