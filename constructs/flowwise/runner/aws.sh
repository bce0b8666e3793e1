install_tools() {
  fetch "https://awscli.amazonaws.com/awscli-exe-linux-x86_64-$AWS_CLI_VERSION.zip" /opt/awscli.zip "$AWS_CLI_SHA256"
  unzip -q /opt/awscli.zip -d /opt
  /opt/aws/install
}

# The identity is that of the machine's role.
read_key() {
  aws secretsmanager get-secret-value --region "$SECRET_STORE" --secret-id "$SECRET" --query SecretString --output text
}
