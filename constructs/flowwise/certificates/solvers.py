"""How Let's Encrypt is given proof that the gateway's host is ours.

API: "ACMEChallengeSolver" of acme.cert-manager.io/v1, at the version of the chart. In DNS, each solver is told the
zone, so that none has to be listed, and signs in as cert-manager's own pods do.
"""

SOLVERS = """concat(
  [
    for gateway in var.gateway[*] : {
      http01 = {
        gatewayHTTPRoute = {
          serviceType = "ClusterIP"
          parentRefs = [
            {
              group       = "gateway.networking.k8s.io"
              kind        = "Gateway"
              name        = gateway.name
              namespace   = gateway.namespace
              sectionName = gateway.http_listener
            }
          ]
        }
      }
    } if var.challenge_zone == null
  ],
  [
    for zone in var.challenge_zone[*] : {
      dns01 = {
        azure = {
          azureDNS = {
            subscriptionID    = zone.account
            resourceGroupName = zone.resource_group
            hostedZoneName    = zone.name
          }
        }
        aws    = { route53 = { hostedZoneID = zone.name } }
        google = { cloudDNS = { project = zone.account, hostedZoneName = zone.name } }
      }[zone.cloud]
    }
  ]
)"""
"""The expression of the solvers of an issuer: one."""

RESOLVER = "https://dns.google/dns-query"
"""Whom cert-manager asks whether the record is there: a public resolver, by HTTPS (RFC 8484).

The cluster's own may see a private zone of the same name in the public one's place; and the zone's own servers are
asked at a port by which data could leave.
"""
