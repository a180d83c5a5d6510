"""The requirements of OGC 18-088 that are met whole, each with a test of its name in `tests/test_sensorthings.py`."""

_SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = tuple(
    f"{_SPEC}/{part}"
    for part in (
        *(f"datamodel/{name}" for name in (
            "thing", "location", "historical-location", "datastream", "sensor", "observed-property", "observation",
            "feature-of-interest", "entity-control-information",
        )),
        "resource-path/resource-path-to-entities",
        *(f"request-data/{name}" for name in (
            "order", "expand", "select", "status-code", "query-status-code", "orderby", "top", "skip", "count",
            "filter", "built-in-filter-operations", "pagination",
        )),
        *(f"create-update-delete/{name}" for name in (
            "create-entity", "link-to-existing-entities", "deep-insert", "deep-insert-status-code", "update-entity",
            "delete-entity", "historical-location-auto-creation",
        )),
        "data-array/data-array",
    )
)  # fmt: skip
"""Not among them: functions of geometry, `update-entity-jsonpatch`, batch, MultiDatastream, MQTT."""
