import pytest

from gis_grid.accounts.roles import Role
from gis_grid.errors import FileError
from gis_grid.services.accounts.providers import ALGORITHMS, load_providers

GOOD = """
[city]
issuer = "https://id.example.cn"
client_id = "gis-grid"
redirect_uri = "https://grid.example.cn/api/v1/session/oidc/city/callback"
"""


def read(tmp_path, text):
    (tmp_path / "oidc.toml").write_text(text, encoding="utf-8")
    return load_providers(tmp_path / "oidc.toml")


def test_without_a_file_there_are_none():
    assert load_providers(None) == {}


def test_little_has_to_be_said(tmp_path):
    (found,) = read(tmp_path, GOOD).values()
    assert (found.key, found.name, found.scope) == ("city", "city", "openid")
    assert found.algorithms == ALGORITHMS
    assert (found.auto_provision, found.auto_roles, found.client_secret) == (False, (), None)


def test_much_can_be_said(tmp_path):
    (tmp_path / "secret").write_text("hush hush\n")
    more = """name = "统一身份认证"
client_secret_file = "secret"
scope = "profile"
algorithms = ["ES256"]
auto_provision = true
auto_roles = ["viewer", "officer"]
"""
    (found,) = read(tmp_path, GOOD + more).values()
    assert found.client_secret == "hush hush"
    assert "hush" not in repr(found)
    assert found.scope == "openid profile"
    assert found.auto_roles == (Role.VIEWER, Role.OFFICER)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[city", "cannot be read as a file of OpenID providers"),
        ("[city]\nclient_id = 'x'", "it lacks 'issuer'"),
        (GOOD.replace("https://id", "http://id"), "issuer of city http://id.example.cn is not"),
        (GOOD.replace("https://grid", "http://grid"), "redirect_uri of city"),
        (GOOD + "algorithms = ['none']", "cannot be believed by"),
        (GOOD + "algorithms = ['RS256', 'HS256']", "cannot be believed by"),
        (GOOD + "algorithms = []", "no signature"),
        (GOOD + "auto_roles = ['king']", "role 'king' is unknown"),
        (GOOD + "verify = false", "provider city has verify; known: "),
        (GOOD + "client_secret_file = 'nowhere'", "nowhere"),
        ("city = 1", "oidc.toml: "),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, said):
    with pytest.raises(FileError, match=said):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"nowhere\.toml cannot be read"):
        load_providers(tmp_path / "nowhere.toml")
