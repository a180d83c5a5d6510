"""Questionnaires as XLSForm, in and out. Pure: bytes in, data out."""

from allmende.engines.questions.rules.xlsform.reading import Reading, read
from allmende.engines.questions.rules.xlsform.remarks import Remark
from allmende.engines.questions.rules.xlsform.writing import write

__all__ = ["Reading", "Remark", "read", "write"]
