"""What browsers fetch is packed once, when it is collected."""

import gzip
import os

from allmende.project.management.commands.prepare import pack_static


def test_text_files_get_a_packed_copy_and_a_changed_file_a_new_one(tmp_path):
    style, small, font = tmp_path / "ui.css", tmp_path / "small.css", tmp_path / "fira.woff2"
    style.write_text("a { color: red }\n" * 200)
    small.write_text("a {}")
    font.write_bytes(b"x" * 5000)
    assert pack_static(tmp_path) == 1
    assert gzip.decompress((tmp_path / "ui.css.gz").read_bytes()) == style.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fira.woff2", "small.css", "ui.css", "ui.css.gz"]
    assert pack_static(tmp_path) == 0
    style.write_text("b { color: blue }\n" * 200)
    os.utime(style, ns=(style.stat().st_atime_ns, style.stat().st_mtime_ns + 1_000_000))
    assert pack_static(tmp_path) == 1
    assert gzip.decompress((tmp_path / "ui.css.gz").read_bytes()) == style.read_bytes()
