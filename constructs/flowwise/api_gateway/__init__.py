"""The API gateway: the one way in from outside, with TLS, sign-in, limits and routes."""

from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    one_of,
    output,
    variable,
)

CLOUDS = ("azure", "aws", "google", "none")


class RateLimit(Object):
    """Requests that one client may make."""

    requests: int = attribute("Requests.")
    unit: str = attribute("Second, Minute or Hour.")


_UNITS = ("Second", "Minute", "Hour")
_RATE = f"at least 1 request, and a unit of {', '.join(_UNITS)}"


def _is_rate(limit: str) -> str:
    units = ", ".join(f'"{unit}"' for unit in _UNITS)
    return f"({limit}.requests >= 1 && contains([{units}], {limit}.unit))"


def _rate(name: str) -> Validation:
    return Validation(_is_rate("self"), f"{name} must have {_RATE}.", rejects=RateLimit(requests=0, unit="Second"))


class Route(Object):
    """What part of the API a microservice answers."""

    namespace: str = attribute("Namespace of the microservice.")
    service_name: str = attribute("Kubernetes service to send requests to.")
    service_port: int = attribute("Port of that service.")
    pod_port: int = attribute("Port that its pods listen on.")
    paths: list[str] = attribute("Beginnings of the paths, such as /lancamentos.")
    health_path: str = attribute("Path that answers 200 while the microservice can serve.")
    public: bool = attribute("Let requests in without a token.", default=False)
    timeout_seconds: int = attribute("Seconds that an answer may take.", default=15)
    retries: int = attribute(
        "Times to try again with another copy when a request did not get to one: no copy ever gets it twice.",
        default=2,
    )
    rate_limit: RateLimit | None = attribute(
        "Its own limit for each client, besides the gateway's. Null for no other than that.", default=None
    )


class TokenIssuer(Object):
    """Whose tokens are believed: OpenID Connect."""

    issuer: str = attribute("Issuer, as tokens say it.")
    jwks_uri: str = attribute("Where the issuer's keys are.")
    audiences: list[str] = attribute("Audiences, one of which a token has to have.")


class ApiGatewayInputs(Inputs):
    """What the gateway is made from."""

    namespace: str = variable("Namespace of the gateway.", example="gateway")
    host: str = variable(
        "Host name of the API.",
        example="api.dev.flowwise.example",
        validations=[
            Validation(
                'can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", self))',
                "host must be a host name such as api.flowwise.example, in lower case and without a port.",
                rejects="https://api.flowwise.example",
            )
        ],
    )
    proof_by_http: bool = variable(
        "Whether cert-manager proves the host by HTTP, with pods beside the proxies that these have to reach.",
        default=False,
    )
    certificate_issuer: str = variable(
        "ClusterIssuer of the certificate. cert-manager may be installed later, and has to be: it needs the Gateway "
        "API, which is installed here. Until then, there is no answer over TLS.",
        example="letsencrypt",
    )
    cloud: str = variable(
        "Whose load balancer it is: its annotations differ. none for no cloud.",
        example="azure",
        validations=[one_of(CLOUDS, "cloud")],
    )
    public: bool = variable("Give it a public address, rather than one that only the network reaches.", default=True)
    balancer_annotations: dict[str, str] = variable(
        "More annotations of its load balancer, such as those of gateway-address, by which it has addresses of ours. "
        "Without them, the cloud chooses its address.",
        default={},
        example={"service.beta.kubernetes.io/azure-pip-name": "pip-flowwise-dev-gateway"},
    )
    routes: dict[str, Route] = variable(
        "What each microservice answers, by microservice.",
        example={
            "lancamentos": Route(
                namespace="lancamentos",
                service_name="lancamentos",
                service_port=80,
                pod_port=8080,
                paths=["/lancamentos"],
                health_path="/health/ready",
            )
        },
        validations=[
            Validation(
                'alltrue(flatten([for route in values(self) : [for path in route.paths : startswith(path, "/")]]))',
                "Each path of routes must begin with a slash.",
                rejects={
                    "lancamentos": Route(
                        namespace="lancamentos",
                        service_name="lancamentos",
                        service_port=80,
                        pod_port=8080,
                        paths=["lancamentos"],
                        health_path="/health/ready",
                    )
                },
            ),
            Validation(
                "length(flatten(values(self)[*].paths)) == length(distinct(flatten(values(self)[*].paths)))",
                "No path may stand in routes twice.",
                rejects={
                    name: Route(
                        namespace=name,
                        service_name=name,
                        service_port=80,
                        pod_port=8080,
                        paths=["/a"],
                        health_path="/health/ready",
                    )
                    for name in ("one", "other")
                },
            ),
            Validation(
                "alltrue([\n"
                f"  for route in values(self) : route.rate_limit == null ? true : {_is_rate('route.rate_limit')}\n"
                "])",
                f"Each rate_limit of routes must have {_RATE}.",
                rejects={
                    "lancamentos": Route(
                        namespace="lancamentos",
                        service_name="lancamentos",
                        service_port=80,
                        pod_port=8080,
                        paths=["/lancamentos"],
                        health_path="/health/ready",
                        rate_limit=RateLimit(requests=5, unit="Fortnight"),
                    )
                },
            ),
        ],
    )
    token_issuer: TokenIssuer | None = variable(
        "Whose tokens are believed. Null lets everybody in, which is only for development.",
        default=None,
        example=TokenIssuer(
            issuer="https://login.flowwise.example/",
            jwks_uri="https://login.flowwise.example/.well-known/jwks.json",
            audiences=["flowwise"],
        ),
    )
    cors_origins: list[str] = variable("Web sites whose scripts may call the API.", default=[])
    max_request_kb: int = variable("Largest body of a request, in KiB.", default=1024)
    local_rate_limit: RateLimit = variable(
        "What one copy of the gateway takes for each route, from all clients together: a guard against floods.",
        default=RateLimit(requests=500, unit="Second"),
        validations=[_rate("local_rate_limit")],
    )
    client_rate_limit: RateLimit = variable(
        "What each client, by address, may ask of the whole gateway, counted in its own Redis.",
        default=RateLimit(requests=100, unit="Minute"),
        validations=[_rate("client_rate_limit")],
    )
    replicas: int = variable(
        "Copies that always run.",
        default=2,
        validations=[Validation("self >= 1", "replicas must be at least 1.", rejects=0)],
    )
    max_replicas: int = variable("Copies that there may be.", default=6)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class ApiGatewayOutputs(Outputs):
    """What those who call the API, or are called by it, need to know."""

    url: str = output("Address of the API.")
    namespace: str = output("Namespace of the pods that pass requests on, known once the Gateway API is there.")
    gateway_name: str = output("Name of the Gateway, in that namespace.")
    address_command: str = output(
        "What prints, as EXTERNAL-IP, the address that the DNS record of the host has to point to: one of ours, "
        "or one that the cloud chooses some minutes after the gateway is made; a cluster that has no load balancers "
        "answers at its nodes."
    )


API_GATEWAY = Contract(
    "api-gateway",
    "The way in: Gateway API with Envoy Gateway, TLS, tokens, CORS, security headers, limits, time-outs and retries.",
    ApiGatewayInputs,
    ApiGatewayOutputs,
)
