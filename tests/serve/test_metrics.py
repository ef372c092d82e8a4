import re

from mien.serve.metrics import Metrics

LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+$')


def test_counts_times_and_gauges_are_written_as_prometheus_reads_them():
    metrics = Metrics()
    metrics.add("mien_faces_total", 2.0, status="ok")
    metrics.add("mien_faces_total", status="ok")
    metrics.took("mien_request_seconds", 0.02, route="/read")
    metrics.took("mien_request_seconds", 99.0, route="/read")
    metrics.gauge("mien_jobs_open", lambda: 3.0)
    lines = metrics.text().splitlines()
    assert 'mien_faces_total{status="ok"} 3' in lines
    assert "mien_jobs_open 3" in lines
    assert 'mien_request_seconds_bucket{route="/read",le="0.01"} 0' in lines
    assert 'mien_request_seconds_bucket{route="/read",le="0.025"} 1' in lines
    assert 'mien_request_seconds_bucket{route="/read",le="+Inf"} 2' in lines
    assert 'mien_request_seconds_sum{route="/read"} 99.020000' in lines
    assert 'mien_request_seconds_count{route="/read"} 2' in lines
    assert all(LINE.match(line) for line in lines if not line.startswith("#"))


def test_what_the_service_did_is_counted(client, jpeg):
    before = client.get("/metrics").text
    client.post("/read", files={"image": jpeg})
    after = client.get("/metrics")
    assert after.headers["content-type"].startswith("text/plain; version=0.0.4")

    def value(text, line):
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0

    for line in (
        'mien_requests_total{method="POST",route="/read",status="200"}',
        'mien_faces_total{status="ok"}', "mien_batches_total", "mien_batch_faces_total",
    ):  # fmt: skip
        assert value(after.text, line) == value(before, line) + 1, line
