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
folder=$(mktemp -d)
said=$folder/said
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
  until test -e "$said"; do sleep 0.1; done # a command that has not begun yet would not hear it
  kill "$command" 2> /dev/null
  kill -KILL "$teller" 2> /dev/null # for it may not be so far yet that it hears anything else
  wait
  rm -rf "$folder"
}

# What comes while the two are started ends this script as soon as there is something to end.
stop() {
  stopped=$1
  test -z "$teller" || exit "$stopped"
}
stopped= teller=
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

echo "$what ..." >&2
"$@" < /dev/null > "$said" 2>&1 &
command=$!
tell 3>&2 > /dev/null 2>&1 & # so that its last sleep, which nobody ends, keeps nobody waiting
trap end EXIT
teller=$!
test -z "$stopped" || exit "$stopped"

wait "$command"
status=$?
if test "$status" -eq 0; then
  echo "  done after $(seconds)" >&2
else
  tail -n 100 "$said" >&2
  echo "$what: failed after $(seconds)" >&2
fi
exit "$status"
