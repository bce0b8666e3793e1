"""What applications have to do: the document is as the tables say, and the reference service reads every setting."""

import re

from flowwise.tables.application import SETTINGS
from stacks.files.application_contract import FILE, contract_text
from tests.workspace import REPOSITORY

SERVICE = REPOSITORY / "examples/service/flowwise_service"


def test_the_document_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == contract_text(), "run `make contract`"


def test_the_reference_service_reads_every_setting_and_no_other() -> None:
    read = set(re.findall(r'(?:text|number|words)\("(\w+)"\)', (SERVICE / "settings.py").read_text()))
    by_opentelemetry = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"}
    settings = {setting.name for setting in SETTINGS if setting.of != "storage"}  # it keeps no files
    assert read == settings - by_opentelemetry
