import zipfile

import pytest

from gis_grid.errors import FileError
from gis_grid.exchange import bombs
from gis_grid.exchange.sources import open_source


def archive(path, sizes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for number, size in enumerate(sizes):
            with file.open(f"{number}.shp", "w") as member:
                for _ in range(0, size, 2**20):
                    member.write(bytes(min(size, 2**20)))
    return path


@pytest.mark.parametrize("ending", [".zip", ".xlsx"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, ending):
    path = archive(tmp_path / f"bomb{ending}", [80 * 2**20])
    assert path.stat().st_size < 200_000
    with pytest.raises(FileError, match="would unpack to 80 MiB"):
        open_source(path)


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bombs, "MOST_FILES", 3)
    with pytest.raises(FileError, match="in 4 files"):
        open_source(archive(tmp_path / "many.zip", [10] * 4))


def test_a_small_archive_may_be_well_packed(tmp_path):
    bombs.require_honest(archive(tmp_path / "fine.zip", [2**20]))


def test_other_files_are_not_looked_at(tmp_path):
    path = tmp_path / "no.zip"
    path.write_text("no archive")
    bombs.require_honest(path)
