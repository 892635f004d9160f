import pytest

from gis_grid.errors import FileError
from gis_grid.standards.reading import given


def test_reads_what_excel_saves(tmp_path):
    path = tmp_path / "t.csv"
    text = '\ufeffcode, name \r\n0101,上水井盖\r\n0102,"a ""b"", c"\r\n,\r\n\r\n'
    path.write_bytes(text.encode())
    source = given(path)
    assert source.header == ["code", "name"]
    assert source.rows == [["0101", "上水井盖"], ["0102", 'a "b", c']]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; its first row must name the columns"),
        (b"\n ,\n", "is empty"),
        ("code\n井盖".encode("gbk"), "is not UTF-8 at byte 5; save it as CSV UTF-8"),
        (b'code\n"a', "is not CSV"),
    ],
)
def test_says_what_is_wrong_with_the_file(content, message, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=f"t.csv {message}"):
        given(path)


def test_a_folder_or_nothing_is_no_file(tmp_path):
    with pytest.raises(FileError, match="cannot be read: Is a directory"):
        given(tmp_path)
    with pytest.raises(FileError, match="cannot be read: No such file"):
        given(tmp_path / "none.csv")
