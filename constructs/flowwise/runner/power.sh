# The group makes another machine in place of one that is off. One that boots again has had its job.
announce() {
  printf '#!/bin/sh\nexec shutdown -h now\n' > /var/lib/cloud/scripts/per-boot/retire
  chmod 0755 /var/lib/cloud/scripts/per-boot/retire
}

retire() {
  shutdown -h now
}
