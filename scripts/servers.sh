#!/bin/sh
# Unpacks servers that tests run, PostgreSQL with pgaudit, RabbitMQ and Valkey, into a folder: servers.sh <folder>
#
# They are packages of Debian 13. Nothing is installed, so no root is needed and the machine stays as it is: the programs
# run on the C library that is unpacked beside them. What apt takes is signed by Debian; a lock could not name it, for
# Debian keeps the newest build of a package alone. Elsewhere than on a Debian it makes an empty folder, and says so.
set -eu
folder=$1
suite=trixie
servers="rabbitmq-server valkey-server postgresql-17 postgresql-17-pgaudit"
# What these servers' packages ask for, and the servers do not.
unneeded="adduser base-passwd debconf dpkg init-system-helpers libllvm19 locales netbase openssl passwd perl perl-base
  postgresql-client-common postgresql-common procps python3 socat ssl-cert sysvinit-utils tzdata ucf"

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
. /etc/os-release
if test "$ID" != debian; then
  echo "$ID is no Debian, so the tests that need real servers are skipped"
  exit
fi

# The machine's own sources, of another suite.
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources"
for package in $unneeded; do
  printf 'Package: %s\nStatus: install ok installed\nVersion: 999:0\nArchitecture: %s\nMulti-Arch: allowed\n\n' \
    "$package" "$(dpkg --print-architecture)"
done > "$apt/status"
if test -f /etc/apt/sources.list.d/debian.sources; then
  sed "s/$VERSION_CODENAME/$suite/g" /etc/apt/sources.list.d/debian.sources > "$apt/sources/debian.sources"
else
  sed "s/$VERSION_CODENAME/$suite/g" /etc/apt/sources.list > "$apt/sources/debian.list"
fi
get() {
  apt-get -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt" -o Dir::Etc::sourcelist=/dev/null \
    -o "Dir::Etc::sourceparts=$apt/sources" -o Debug::NoLocking=1 -o APT::Sandbox::User= --quiet "$@"
}
get update
# shellcheck disable=SC2086 # Words of a list.
get install --yes --download-only --no-install-recommends $servers
for package in "$apt"/archives/*.deb; do
  dpkg-deb --extract "$package" "$folder"
done
rm -rf "$apt" "$folder/usr/share/doc" "$folder/usr/share/man" "$folder/usr/share/locale"

# The clouds let their administrators make it, who are no superusers.
echo 'trusted = true' >> "$(echo "$folder"/usr/share/postgresql/*/extension/pgaudit.control)"

# Debian's own erl looks for Erlang in /usr/lib.
erlang=$folder/usr/lib/erlang
runtime=$(echo "$erlang"/erts-*/bin)
cat > "$erlang/bin/erl" << END
#!/bin/sh
export ROOTDIR="$erlang" BINDIR="$runtime" EMU=beam PROGNAME=erl
exec "$runtime/erlexec" "\$@"
END

# Programs take their C library from where the machine has it, unless they are started by another one's loader.
libraries=$(echo "$folder"/usr/lib/*-linux-gnu*)
loader=$(echo "$libraries"/ld-linux-*.so.*)
rm "$folder/usr/bin/valkey-server"
ln "$folder/usr/bin/valkey-check-rdb" "$folder/usr/bin/valkey-server" # the same program, which goes by its name
find "$erlang" "$folder/usr/lib/postgresql" "$folder/usr/bin/valkey-server" "$folder/usr/bin/valkey-cli" \
  -type f -perm -u+x ! -name '*.so' | while read -r file; do
  test "$(head -c 4 "$file" | tail -c 3)" = ELF || continue
  mv "$file" "$file.program"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "$0" "$0.program" "$@"\n' "$loader" "$libraries" > "$file"
  chmod +x "$file"
done
