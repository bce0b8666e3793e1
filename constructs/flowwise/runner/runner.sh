# What a new machine does, once: it registers as a runner that takes one job, runs it, and goes. As root, by cloud-init.
# The settings, and what is different between the clouds (announce, install_tools, read_key, retire), stand above.
set -euo pipefail
umask 022

fetch() { # address, file, SHA-256
  curl --fail --silent --show-error --location --proto '=https' --retry 5 --output "$2" "$1"
  printf '%s  %s\n' "$3" "$2" | sha256sum --check --quiet
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  find /etc/apt -name '*.sources' -o -name '*.list' | while read -r file; do
    sed -i -E "s#https?://[a-z0-9.-]*ubuntu\.com/ubuntu#$UBUNTU_MIRROR#g" "$file"
  done
  apt-get -o Acquire::Retries=5 -qq update
  apt-get -qq install --yes --no-install-recommends curl git gnupg jq libicu74 make nftables openssl unzip
}

# The machine's identity reads the key of the App. A job must not: its user never reaches what gives tokens away.
keep_from_jobs() {
  useradd --system --create-home --shell /usr/sbin/nologin runner
  nft -f - <<'NFT'
table inet runner {
  chain output {
    type filter hook output priority filter;
    meta skuid runner ip daddr { 169.254.169.254, 168.63.129.16 } meta l4proto { tcp, udp } th dport != 53 reject
    meta skuid runner ip6 daddr fd00:ec2::254 reject
  }
}
NFT
}

install_runner() {
  install -d -o runner -g runner -m 0755 /opt/runner /opt/hostedtoolcache
  fetch "https://github.com/actions/runner/releases/download/v$RUNNER_VERSION/actions-runner-linux-x64-$RUNNER_VERSION.tar.gz" \
    /opt/runner.tar.gz "$RUNNER_SHA256"
  chmod 0644 /opt/runner.tar.gz
  runuser -u runner -- tar --extract --gzip --file /opt/runner.tar.gz --directory /opt/runner
}

in_url() {
  openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# "Generating a JSON Web Token (JWT) for a GitHub App": nine minutes, and a minute for a clock that is fast.
token_of_app() { # private key
  local now unsigned
  now=$(date +%s)
  unsigned="$(printf '{"alg":"RS256","typ":"JWT"}' | in_url).$(
    printf '{"iat":%d,"exp":%d,"iss":"%s"}' "$((now - 60))" "$((now + 540))" "$APPLICATION" | in_url
  )"
  printf '%s.%s' "$unsigned" "$(printf '%s' "$unsigned" | openssl dgst -sha256 -sign <(printf '%s\n' "$1") | in_url)"
}

github() { # method, path, token, and a body or nothing
  curl --fail --silent --show-error --proto '=https' --retry 3 --request "$1" \
    --header "Authorization: Bearer $3" --header 'Accept: application/vnd.github+json' \
    ${4:+--data "$4"} "https://api.github.com$2"
}

# Prints the configuration of a runner that takes one job ("Create configuration for a just-in-time runner for an
# organization"), in the group of the environment, which only the workflows of main may use.
register() {
  local key app installation token group asked
  key=$(read_key) || return
  case "$key" in
  *"PRIVATE KEY"*) ;;
  *) echo "the secret has no private key yet" >&2 && return 1 ;;
  esac
  app=$(token_of_app "$key") || return
  installation=$(github GET "/orgs/$ORGANIZATION/installation" "$app" | jq --exit-status .id) || return
  token=$(github POST "/app/installations/$installation/access_tokens" "$app" \
    '{"permissions": {"organization_self_hosted_runners": "write"}}' | jq --exit-status --raw-output .token) || return
  group=$(github GET "/orgs/$ORGANIZATION/actions/runner-groups?per_page=100" "$token" |
    jq --exit-status --arg name "$LABEL" '.runner_groups[] | select(.name == $name) | .id') || return
  asked=$(jq --null-input --arg name "$LABEL-$(hostname)-$(date +%s)" --arg runs_on "$LABEL" --argjson group "$group" \
    '{name: $name, runner_group_id: $group, labels: [$runs_on], work_folder: "_work"}') || return
  github POST "/orgs/$ORGANIZATION/actions/runners/generate-jitconfig" "$token" "$asked" |
    jq --exit-status --raw-output .encoded_jit_config
}

end() {
  test "$1" = 0 || sleep 300 # so that a machine that cannot begin is no storm of machines
  retire
}

main() {
  local configuration
  trap 'end $?' EXIT
  announce
  systemctl disable --now ssh.service ssh.socket || true
  install_packages
  keep_from_jobs
  install_tools
  install_runner
  # The key, its right to be read, or the group may come after the machine.
  until configuration=$(register); do
    sleep 60
  done
  cd /opt/runner
  runuser -u runner -- env --ignore-environment HOME=/home/runner LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    AGENT_TOOLSDIRECTORY=/opt/hostedtoolcache ./run.sh --jitconfig "$configuration"
}

main
