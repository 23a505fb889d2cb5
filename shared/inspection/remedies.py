"""The commands that mend a way that is broken, by where it is broken; a test runs `--help` on each."""

RECONCILE = "./market mappings reconcile --heal"
START_RELAY = "python -m services.{service} relay"
START_CONSUMER = "python -m services.{service} consumer"
REDRIVE = "./market parked redrive --service {service} --id {event_id}"
SHOW_PARKED = "./market parked show --service {service}"
REPLAY = "./market replay {service} --id {event_id}"
RESTORE = "python -m services.vendor job restore-mappings"
LOGS = "./market logs {service}"
STATUS = "./market status"

ALL = (RECONCILE, START_RELAY, START_CONSUMER, REDRIVE, SHOW_PARKED, REPLAY, RESTORE, LOGS, STATUS)
