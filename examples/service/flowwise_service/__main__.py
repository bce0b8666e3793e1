"""Runs the service until it is told to end, and finishes what it is doing then."""

import logging
import signal
import sys

import uvicorn

from flowwise_service.settings import SettingsError, read_settings
from flowwise_service.telemetry import start_telemetry
from flowwise_service.web import new_application

_FINISH_SECONDS = 20  # of the contract's 30: requests first, then messages


def main() -> int:
    """The status of the process: 2 if it cannot be started with these settings."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings()
        application = new_application(settings)
    except (SettingsError, ValueError) as error:
        print(f"The service cannot be started: {error}", file=sys.stderr)
        return 2
    # uvicorn ends the service gracefully, and then sends itself once more what it was told to end by.
    signal.signal(signal.SIGTERM, lambda *_: None)
    telemetry = start_telemetry()
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            host="0.0.0.0",  # the pod's address
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_FINISH_SECONDS,
        )
    )
    server.run()
    telemetry.shutdown()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
