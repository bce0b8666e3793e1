"""A scheduled job: an application that is started at certain times, and ends."""

from flowwise.authoring.contract import Contract, Outputs, Validation, output, variable
from flowwise.microservice import ApplicationInputs
from flowwise.tables.application import TIME_ZONE

_FIELD = "[0-9*][0-9*,/-]*"


class ScheduledJobInputs(ApplicationInputs):
    """What a scheduled job is made from."""

    schedule: str = variable(
        "When it is started: minute, hour, day of the month, month, day of the week, as cron has them.",
        example="0 3 * * *",
        validations=[
            Validation(
                f'can(regex("^{_FIELD}( {_FIELD}){{4}}$", self))',
                'schedule must have five fields of digits and of *, "," "-" and "/", such as "0 3 * * *".',
                rejects="@daily",
            )
        ],
    )
    time_zone: str = variable(
        "Time zone of the schedule, by its name in the tz database.",
        default=TIME_ZONE,
        validations=[
            Validation(
                'can(regex("^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", self))',
                f'time_zone must be a name of the tz database, such as "{TIME_ZONE}".',
                rejects="GMT -3",
            )
        ],
    )


class ScheduledJobOutputs(Outputs):
    """What those who look after it need to know."""

    job_name: str = output("Name of its CronJob.")


SCHEDULED_JOB = Contract(
    "scheduled-job",
    "A job at certain times: one run at a time, least rights, tried again when it fails, ended when it hangs.",
    ScheduledJobInputs,
    ScheduledJobOutputs,
)
