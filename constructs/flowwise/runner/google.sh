# Jobs bring gcloud along (the action sign-in).
install_tools() {
  :
}

# "Authenticate workloads using service accounts", Compute Engine, and "Access a secret version", Secret Manager.
read_key() {
  local metadata="http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token" token
  token=$(curl --fail --silent --show-error --header 'Metadata-Flavor: Google' "$metadata" |
    jq --exit-status --raw-output .access_token) || return
  curl --fail --silent --show-error --proto '=https' --header "Authorization: Bearer $token" \
    "https://secretmanager.googleapis.com/v1/projects/$SECRET_STORE/secrets/$SECRET/versions/latest:access" |
    jq --exit-status --raw-output .payload.data | base64 --decode
}
