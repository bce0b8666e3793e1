"""Tokens of the pod's own identity, which the clouds' caches take for a password. Each is asked for when it is needed.

The clouds' libraries find the identity by what the cluster puts into the pod, and keep a token until it is about to
expire. They are imported where they are used: a process needs one of them at most.
"""

from collections.abc import Callable

from flowwise_service.settings import Cache

_AWS_SECONDS = 900  # as long as ElastiCache admits


def token_source(cache: Cache) -> Callable[[], str]:
    """What gives a token that is valid now; it may have to ask the network. Raises ValueError for an unknown cloud."""
    match cache.sign_in:
        case "azure":
            return _azure()
        case "aws":
            return _aws(cache)
        case "google":
            return _google()
    raise ValueError(f'REDIS_SIGN_IN is "{cache.sign_in}", and should be password, azure, aws or google')


def _azure() -> Callable[[], str]:
    from azure.identity import WorkloadIdentityCredential

    credential = WorkloadIdentityCredential()
    return lambda: str(credential.get_token("https://redis.azure.com/.default").token)


def _aws(cache: Cache) -> Callable[[], str]:
    from botocore.session import get_session
    from botocore.signers import RequestSigner

    session = get_session()
    region = session.get_config_variable("region")
    request = {
        "method": "GET",
        "url": f"https://{cache.name}/?Action=connect&User={cache.user}",
        "body": {},
        "headers": {},
        "context": {},
    }

    def token() -> str:
        client = session.create_client("elasticache")
        signer = RequestSigner(
            client.meta.service_model.service_id,
            region,
            "elasticache",
            "v4",
            session.get_credentials(),
            session.get_component("event_emitter"),
        )
        signed: str = signer.generate_presigned_url(request, "connect", expires_in=_AWS_SECONDS)
        return signed.removeprefix("https://")

    return token


def _google() -> Callable[[], str]:
    from google.auth.compute_engine import Credentials
    from google.auth.transport.requests import Request

    credentials = Credentials()

    def token() -> str:
        if not credentials.valid:
            credentials.refresh(Request())
        return str(credentials.token)

    return token
