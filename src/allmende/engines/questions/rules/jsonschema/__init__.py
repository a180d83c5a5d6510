"""JSON Schema, both ways: the answers of a questionnaire as a schema, a schema of others as a questionnaire."""

from allmende.engines.questions.rules.jsonschema.reading import is_schema, read
from allmende.engines.questions.rules.jsonschema.writing import schema

__all__ = ["is_schema", "read", "schema"]
