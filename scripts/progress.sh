#!/bin/sh
# Runs a command that takes long, and shows that it is alive: progress.sh <what it does> <command> [<argument>...]
#
# Every few seconds it says how many have passed, and the command's last line. All that the command says is shown only if
# it fails, and only its end. The exit status is the command's, and what ends this script ends the command. It speaks on
# stderr, for stdout belongs to what a make target prints.
set -u
what=$1
shift
test -t 2 && every=5 || every=15 # a terminal is watched, a log is read
every=${PROGRESS_SECONDS:-$every}
said=$(mktemp)
began=$(date +%s)

seconds() {
  echo "$(($(date +%s) - began)) s"
}

last_line() {
  grep -v WARNING "$said" | tail -n 1 | sed 's/^ *//' | cut -c 1-100 # pip may warn of each place it looks in
}

tell() {
  passed=0
  while sleep 1 3>&-; do
    passed=$((passed + 1))
    test $((passed % every)) -ne 0 || echo "  $(seconds): $(last_line)" >&3
  done
}

end() {
  kill "$command" "$teller" 2> /dev/null
  wait
  rm -f "$said"
}

echo "$what ..." >&2
"$@" < /dev/null > "$said" 2>&1 &
command=$!
tell 3>&2 > /dev/null 2>&1 & # so that its last sleep, which nobody ends, keeps nobody waiting
teller=$!
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

wait "$command"
status=$?
if test "$status" -eq 0; then
  echo "  done after $(seconds)" >&2
else
  tail -n 100 "$said" >&2
  echo "$what: failed after $(seconds)" >&2
fi
exit "$status"
