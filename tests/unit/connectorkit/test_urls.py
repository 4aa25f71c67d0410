"""Addresses that people write."""

import pytest

from accord.connectorkit.urls import check_base_url, check_url, encoded_path


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8801/", "https://api.crmoffice.no/v1", "http://[::1]:9", "https://erp"]
)
def test_what_is_a_url(url):
    assert check_base_url(url) == url


BAD = """
erp.local
http://
ftp://erp/
http://[::1
http://erp:99999
http://erp:x
http://erp:0
http://erp/a b"""


@pytest.mark.parametrize("url", [*BAD.split("\n"), "http://erp/\n"])
def test_what_is_none(url):
    with pytest.raises(ValueError, match="is no URL; write https://HOST"):
        check_url(url)


@pytest.mark.parametrize("url", ["https://ann:s3cret@erp/", "https://s3cret@erp"])
def test_p2_secrets_in_a_url_are_not_repeated(url):
    with pytest.raises(ValueError, match="holds a name or password") as told:
        check_url(url)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("url", ["https://erp/api?v=1", "https://erp/#top"])
def test_a_base_takes_paths(url):
    assert check_url(url) == url
    with pytest.raises(ValueError, match="no path can be added"):
        check_base_url(url)


def test_letters_that_urls_do_not_know_are_encoded_in_a_path():
    assert encoded_path("/a/{id}?b=c%20d") == "/a/{id}?b=c%20d"
    assert encoded_path("løyve to/{id}") == "l%C3%B8yve%20to/{id}"
