#!/bin/sh
# Installs a lock with uv, which takes seconds where pip takes a minute: install.sh <environment> <lock> [<option>...]
#
# The environment is made if it is not there. Each file is checked against its hash in the lock, and comes from where pip
# is told to look, as many networks have an index and a certificate of their own.
set -eu
environment=$1
lock=$2
shift 2
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(.venv/bin/pip config get global.index-url 2> /dev/null || true)}}
test -z "$index" || export UV_DEFAULT_INDEX="$index"
export UV_SYSTEM_CERTS=true

test -e "$environment" || .venv/bin/uv venv --quiet --no-project --python .venv/bin/python "$environment"
exec .venv/bin/uv pip install --python "$environment" --require-hashes --requirement "$lock" "$@"
