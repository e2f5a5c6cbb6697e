"""The ShowAds API of a trial."""
import collections
import contextlib
import http.server
import json
import threading
import time

from . import place


class API(http.server.ThreadingHTTPServer):
    """The ShowAds API: only the newest token counts, and what was applied is remembered before it is answered."""

    daemon_threads, request_queue_size = True, 256

    def __init__(self, latency=0.05):
        super().__init__(("127.0.0.1", 0), Call)
        self.latency, self.limit, self.retry_after = latency, None, None
        self.lock = threading.Lock()
        self.applied, self.arrivals = collections.Counter(), collections.defaultdict(list)
        self.arrived, self.logins, self.statuses, self.seconds = 0, 0, collections.Counter(), collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def records(self):
        return sum(self.applied.values())

    def take(self, call, body):
        """Returns status and body."""
        if call.path == "/auth":
            if body.get("ProjectKey") != place.key:
                return 400, {}
            with self.lock:
                self.logins += 1
                return 200, {"AccessToken": f"token-{self.logins}"}
        now = time.monotonic()
        with self.lock:
            self.arrived += 1
            if call.headers.get("Authorization") != f"Bearer token-{self.logins}":
                return 401, {}
            if self.retry_after:
                return 429, {}
            if self.limit and self.seconds[int(now)] >= self.limit:
                return 429, {}
            self.seconds[int(now)] += 1
            items = body["Data"] if call.path.endswith("/bulk") else [body]
            assert 1 <= len(items) <= 1000
            for item in items:
                self.applied[item["VisitorCookie"]] += 1
            for source in {item["VisitorCookie"].split(":")[0] for item in items}:
                self.arrivals[source].append(now)
        time.sleep(self.latency)
        return 200, {}


class Call(http.server.BaseHTTPRequestHandler):
    protocol_version, wbufsize, disable_nagle_algorithm = "HTTP/1.1", -1, True

    def handle(self):
        # A killed node's connections end in the middle.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_POST(self):
        status, answer = self.server.take(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        with self.server.lock:
            self.server.statuses[status] += 1
        text = json.dumps(answer).encode()
        self.send_response(status)
        if status == 429 and self.server.retry_after:
            self.send_header("Retry-After", str(self.server.retry_after))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def log_message(self, *_):
        pass
