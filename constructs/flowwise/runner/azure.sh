# Azure makes a machine anew that is not healthy: this one is, as long as something listens here.
announce() {
  install -d /run/runner
  python3 -m http.server "$HEALTH_PORT" --bind 127.0.0.1 --directory /run/runner > /dev/null 2>&1 &
  health=$!
}

retire() {
  kill "$health"
}

install_tools() {
  curl --fail --silent --show-error --proto '=https' --retry 5 --output /opt/microsoft.asc \
    https://packages.microsoft.com/keys/microsoft.asc
  test "$(gpg --show-keys --with-colons /opt/microsoft.asc | awk -F : '$1 == "fpr" { print $10; exit }')" = "$MICROSOFT_KEY"
  gpg --dearmor --output /etc/apt/keyrings/microsoft.gpg /opt/microsoft.asc
  echo "deb [signed-by=/etc/apt/keyrings/microsoft.gpg] https://packages.microsoft.com/repos/azure-cli/ noble main" \
    > /etc/apt/sources.list.d/azure-cli.list
  apt-get -qq update
  apt-get -qq install --yes --no-install-recommends "azure-cli=$AZURE_CLI"
}

# "Managed identities: use on a virtual machine to acquire an access token", and "Get Secret", Key Vault.
read_key() {
  local metadata="http://169.254.169.254/metadata/identity/oauth2/token" token
  token=$(curl --fail --silent --show-error --header 'Metadata: true' --get "$metadata" \
    --data api-version=2018-02-01 --data-urlencode resource=https://vault.azure.net --data "client_id=$IDENTITY" |
    jq --exit-status --raw-output .access_token) || return
  curl --fail --silent --show-error --proto '=https' --header "Authorization: Bearer $token" \
    "${SECRET_STORE%/}/secrets/$SECRET?api-version=7.4" | jq --exit-status --raw-output .value
}
