"""A fault of ours on a port, where the server itself would log all of it."""

import http.client
import json

from mien.serve import readers
from serve.conftest import live_of
from serve.test_limits import form, post


def test_nothing_of_what_a_fault_says_is_logged(
    full_bundle, assets_cache, jpeg, monkeypatch, caplog
):
    def broken(*_, **__):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(readers, "decode", broken)
    with live_of(full_bundle, assets_cache) as (_, port):
        status, said, headers = post(port, "/read", form(jpeg))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/metrics")
        counted = connection.getresponse().read().decode()
        connection.close()
    assert status == 500
    assert set(said) == {"error", "remedy"}
    assert "default-src 'none'" in headers["content-security-policy"]
    assert 'route="/read",status="500"} 1' in counted
    assert "a fault: RuntimeError" in caplog.text
    assert "secret" not in caplog.text + json.dumps(said)
