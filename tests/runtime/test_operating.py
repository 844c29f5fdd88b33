"""Settings of a server are read from the environment, and what cannot be meant is told in both languages."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from kith.runtime.operating import RATE, SLOW, Operation, operation_of
from kith.runtime.settings import Unfit, settings_of


def test_without_settings_a_server_is_for_this_machine() -> None:
    found = operation_of({})
    assert not found.hosts.has("crm.example.com")
    assert (found.secure, found.rate, found.log, found.slow, found.metrics) == (False, RATE, "warning", SLOW, "")


def test_the_address_of_the_pages_is_a_name_and_says_whether_it_is_https() -> None:
    found = operation_of({"KITH_URL": "https://crm.example.com", "KITH_HOSTS": "crm.internal, *.example.org"})
    assert found.secure
    assert [found.hosts.has(name) for name in ("crm.example.com", "CRM.internal:80", "a.example.org")] == [True] * 3
    assert operation_of({"KITH_HOSTS": "*"}).hosts.has("any.example.net")


def test_numbers_and_words_are_taken_as_they_are() -> None:
    environment = {"KITH_RATE": "0", "KITH_SLOW": "20", "KITH_LOG": "info", "KITH_METRICS_TOKEN": "t"}
    assert operation_of(environment) == Operation(operation_of({}).hosts, False, 0, "info", 20, "t")


def test_hosts_that_a_provider_may_name_are_those_of_the_operator() -> None:
    environment = {
        "KITH_URL": "https://crm.example.com", "KITH_OIDC_ISSUER": "https://idp.example.com", "KITH_OIDC_CLIENT_ID": "kith",
        "KITH_TRUSTED_HOSTS": "a, B:8443",
    }  # fmt: skip
    provider = settings_of(environment).provider
    assert provider is not None
    assert provider.trusted == {"a", "b:8443"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KITH_RATE", "many"), ("KITH_RATE", "-1"), ("KITH_RATE", "1e9"), ("KITH_SLOW", "½"), ("KITH_LOG", "loud"),
        ("KITH_HOSTS", "https://crm.example.com"), ("KITH_HOSTS", "a b*c"), ("KITH_URL", "crm.example.com"),
        ("KITH_OIDC_ISSUER", "http://idp.example.com"), ("KITH_SMTP_URL", "imap://mail.example.com"),
        ("KITH_BREACHED_PASSWORDS", "/nowhere/at/all.txt"), ("KITH_SECOND_STEP", "some"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"KITH_URL": "https://crm.example.com", name: value}
    with pytest.raises(Unfit, match=name) as unfit:
        (operation_of(environment), settings_of(environment))
    assert unfit.value.words.zh.startswith(f"{name}：")
    for key, text in environment.items():
        monkeypatch.setenv(key, text)
    result = CliRunner().invoke(app, ["serve", "--lang", "zh-CN"])
    assert result.exit_code == 64
    assert f"{name}：" in result.output
