"""Answers as columns: a Parquet file per survey outside of every public tree, made from the rows and gone with them.

The file is only a faster form of what the table of answers holds. It names in its metadata which version of the
questionnaire it was made for and of how many answers, so nobody computes from one that is out of date.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from allmende.capabilities.surveys.models import Response
from allmende.capabilities.surveys.rules.variables import Collector, Variable

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.variables import Column

AT_ONCE = 2_000
ABOUT = b"allmende"


def place_of(survey_id: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "columns" / f"{survey_id}.parquet"


def answers_of(survey_id: UUID) -> Iterator[Mapping[str, Any]]:
    """What people answered, one after the other, in the order of ids that say nothing."""
    rows = Response.objects.filter(survey=survey_id).order_by("id").values_list("answers", flat=True)
    return rows.iterator(chunk_size=AT_ONCE)


def collected(survey_id: UUID, wanted: Sequence[Variable]) -> "tuple[dict[str, Column], int]":
    """Columns from the rows themselves, and how many answers there are."""
    collector = Collector(wanted).add_all(answers_of(survey_id))
    return collector.columns(), collector.answers


def stamp(version_id: UUID, wanted: Sequence[Variable], answers: int) -> bytes:
    """What a file must have been made for to be up to date."""
    names = [name for one in wanted for name in one.columns]
    return json.dumps({"version": str(version_id), "answers": answers, "columns": names}).encode()


def write(place: Path, columns: "Mapping[str, Column]", about: bytes) -> None:
    """The whole file or none."""
    import pyarrow as pa
    from pyarrow import parquet

    place.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    draft = place.with_suffix(".draft")
    parquet.write_table(table.replace_schema_metadata({ABOUT: about}), draft, compression="zstd")
    draft.replace(place)


def read(place: Path, about: bytes) -> "dict[str, Column] | None":
    """The columns, or None where there is no file or one of something else."""
    from pyarrow import parquet

    if not place.is_file() or (parquet.read_schema(place).metadata or {}).get(ABOUT) != about:
        return None
    table = parquet.read_table(place)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def columns_of(survey_id: UUID, version_id: UUID, wanted: Sequence[Variable]) -> "tuple[dict[str, Column], int]":
    """From the file where it is up to date, else from the rows; then the file is written anew."""
    answers = Response.objects.filter(survey=survey_id).count()
    about = stamp(version_id, wanted, answers)
    place = place_of(survey_id)
    found = read(place, about)
    if found is not None:
        return found, answers
    columns, number = collected(survey_id, wanted)
    write(place, columns, stamp(version_id, wanted, number))
    return columns, number


def forget(survey_id: UUID) -> None:
    """With the answers their columns go."""
    place_of(survey_id).unlink(missing_ok=True)
