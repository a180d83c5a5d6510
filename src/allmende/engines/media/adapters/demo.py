"""A scanner that knows one harmless file: the EICAR test file, which every scanner reports (eicar.org)."""

from typing import BinaryIO

from allmende.engines.media.adapters.clamd import PIECE

TEST_FILE = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"))
"""In two pieces, so that no scanner takes offence at this source."""


class TestFileScanner:
    """For demonstrations: `CLAMD_URL=demo`."""

    __test__ = False

    def find(self, content: BinaryIO) -> str:
        before = b""
        while piece := content.read(PIECE):
            if TEST_FILE in before + piece:
                return "Eicar-Test-Signature"
            before = piece[-len(TEST_FILE) :]
        return ""
