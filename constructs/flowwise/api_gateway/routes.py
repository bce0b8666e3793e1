"""What Envoy Gateway is told of each microservice.

Routes stand in the gateway's own namespace, and each microservice's namespace says by a ReferenceGrant that its service
may be reached from there. So nobody who may write in a microservice's namespace can claim another's paths, do without
tokens, or raise a limit.
"""

from flowwise.api_gateway.resources import ANY_CLIENT, ENVOY_API, GATEWAY, GATEWAY_API, HTTPS_LISTENER

# Retries are for requests of which no copy has seen the beginning, so that any method may be tried again.
_RETRY_ON = '["connect-failure", "refused-stream", "reset-before-request"]'

CROSS_ORIGIN = """merge([
  for origins in [var.cors_origins] : {
    cors = {
      allowOrigins  = origins
      allowMethods  = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
      allowHeaders  = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"]
      exposeHeaders = ["ETag", "Location", "Retry-After", "X-Request-Id"]
      maxAge        = "1h"
    }
  } if length(origins) > 0
]...)"""
"""Expression of the part of a SecurityPolicy that lets web sites in; an empty object for none."""

SIGN_IN = """merge([
  for issuer in var.token_issuer[*] : {
    jwt = {
      providers = [{
        name       = "token-issuer"
        issuer     = issuer.issuer
        audiences  = issuer.audiences
        remoteJWKS = { uri = issuer.jwks_uri }
      }]
    }
  }
]...)"""
"""Expression of the part of a SecurityPolicy that asks for a token; an empty object for none."""

_TARGET = f'targetRefs = [{{ group = "{GATEWAY_API}", kind = "HTTPRoute", name = name }}]'

ROUTES = f"""flatten([
  for name, route in var.routes : concat(
    [
      {{
        apiVersion = "{GATEWAY_API}/v1beta1"
        kind       = "ReferenceGrant"
        metadata   = {{ name = name, namespace = route.namespace, labels = local.labels }}
        spec = {{
          from = [{{ group = "{GATEWAY_API}", kind = "HTTPRoute", namespace = var.namespace }}]
          to   = [{{ group = "", kind = "Service", name = route.service_name }}]
        }}
      }},
      {{
        apiVersion = "{GATEWAY_API}/v1"
        kind       = "HTTPRoute"
        metadata   = {{ name = name, labels = local.labels }}
        spec = {{
          parentRefs = [{{ name = "{GATEWAY}", sectionName = "{HTTPS_LISTENER}" }}]
          hostnames  = [var.host]
          rules = [{{
            matches     = [for path in route.paths : {{ path = {{ type = "PathPrefix", value = path }} }}]
            timeouts    = {{ request = "${{route.timeout_seconds}}s" }}
            backendRefs = [{{ namespace = route.namespace, name = route.service_name, port = route.service_port }}]
          }}]
        }}
      }},
      {{
        apiVersion = "{ENVOY_API}/v1alpha1"
        kind       = "BackendTrafficPolicy"
        metadata   = {{ name = name, labels = local.labels }}
        spec = merge(
          {{
            {_TARGET}
            mergeType = "StrategicMerge"
            retry = {{
              numRetries = route.retries
              retryOn    = {{ triggers = {_RETRY_ON} }}
            }}
            healthCheck = {{
              active = {{
                type               = "HTTP"
                http               = {{ path = route.health_path, expectedStatuses = [200] }}
                interval           = "10s"
                timeout            = "2s"
                unhealthyThreshold = 2
                healthyThreshold   = 1
              }}
            }}
          }},
          [
            for limit in route.rate_limit[*] : {{
              rateLimit = {{
                global = {{
                  rules = [{{
                    clientSelectors = [{{ sourceCIDR = {{ type = "Distinct", value = "{ANY_CLIENT}" }} }}]
                    limit           = {{ requests = limit.requests, unit = limit.unit }}
                    shared          = false
                  }}]
                }}
              }}
            }}
          ]...
        )
      }},
    ],
    [
      for rules in [merge(local.cross_origin, [for sign_in in [local.sign_in] : sign_in if !route.public]...)] : {{
        apiVersion = "{ENVOY_API}/v1alpha1"
        kind       = "SecurityPolicy"
        metadata   = {{ name = name, labels = local.labels }}
        spec       = merge({{ {_TARGET} }}, rules)
      }} if length(rules) > 0
    ]
  )
])"""
"""Expression of the resources for all of `var.routes`."""
