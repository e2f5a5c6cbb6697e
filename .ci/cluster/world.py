"""Three nodes, and what becomes of the records that they accept."""
import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time

from . import place
from .api import API
from .place import free_port, wait
from .postgres import Proxy


class World:
    """Three nodes, their database, their API, and what was handed to them."""

    def __init__(self, name, server, address=None, rate=3000, **api):
        self.name, self.folder, self.rate = name, f"{place.folder}/{name}", rate
        os.makedirs(self.folder)
        self.database = name.replace("-", "_")
        server.sql(f"CREATE DATABASE {self.database}")
        self.server, self.address = server, address or server.address(self.database)
        self.api = API(**api)
        self.nodes, self.ports, self.ended, self.proxies = {}, {}, [], []
        self.lock = threading.Lock()
        self.accepted, self.doubtful, self.refusals = set(), set(), collections.Counter()
        self.uploads, self.clients, self.number = {}, [], 0
        self.is_over = threading.Event()

    # Nodes

    def start(self, *names, **options):
        for name in names:
            self.launch(name, **options)
        for name in names:
            self.wait_ready(name)
        return self

    def launch(self, name, address=None, environment=None, options=(), project_key=place.key):
        self.ports[name] = free_port()
        command = [place.program, "--headless", "--listen", str(self.ports[name]), "--node", name, "--lease", f"{place.lease}s",
                   "--state-dir", f"{self.folder}/{name}", "--journal", address or self.address,
                   "--rate", str(self.rate), *options]
        with open(f"{self.folder}/{name}.log", "a") as log:
            self.nodes[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(self.environment(), PROJECT_KEY=project_key, **(environment or {})))

    def local_file(self, rows):
        """A file that is delivered by a command, whose records count as accepted."""
        cookies = [f"file:{row}" for row in range(rows)]
        self.accepted.update(cookies)
        with open(f"{self.folder}/customers.csv", "w") as file:
            file.write("name,age,cookie,banner_id\n" + "".join(f"Jane Doe,30,{cookie},7\n" for cookie in cookies))
        return file.name

    def launch_command(self, name, file):
        with open(f"{self.folder}/{name}.log", "a") as log:
            self.nodes[name] = subprocess.Popen(
                [place.program, "--headless", file, "--node", name, "--lease", f"{place.lease}s", "--state-dir",
                 f"{self.folder}/{name}", "--journal", self.address],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment())

    def environment(self):
        return dict(os.environ, API_URL=f"http://127.0.0.1:{self.api.server_port}", PROJECT_KEY=place.key, LOGLEVEL="INFO",
                    XDG_CONFIG_HOME=self.folder)

    def wait_ready(self, name, seconds=40):
        return wait(f"{name} is ready", lambda: self.ask(name, "GET", "/ready")[0] == 200, seconds)

    def end(self, name, how):
        node = self.nodes.pop(name)
        self.ended.append(node)
        node.send_signal(how)
        node.wait(40)
        return node.returncode

    def log(self, name):
        with open(f"{self.folder}/{name}.log", errors="replace") as file:
            return file.read()

    # Clients

    def ask(self, name, method, path, body=None, headers=None, seconds=15):
        """Returns status, body, and headers; status 0 when there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=seconds)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException):
            return 0, b"", {}
        finally:
            connection.close()

    def submit(self, cookies, path, body, headers, names, first=None, seconds=90):
        """Hands in a submission, at another node under the same key while it is not accepted."""
        start, name = time.monotonic(), first or random.choice(names)
        with self.lock:
            self.doubtful.update(cookies)
        while time.monotonic() - start < seconds:
            status, answer, answered = self.ask(name, "POST", path, body, headers)
            if status == 202:
                with self.lock:
                    self.accepted.update(cookies)
                    self.doubtful.difference_update(cookies)
                return json.loads(answer)["run"]
            with self.lock:
                self.refusals[status] += 1
            assert status in (0, 503), f"{status} {answer}"
            assert status == 0 or answered.get("Retry-After"), "503 without Retry-After"
            time.sleep(0.2)
            name = random.choice(names)
        raise AssertionError(f"a submission was not accepted within {seconds} s")

    def upload(self, names="abcabc", rows=5000, to=None):
        def one(number, name):
            cookies = [f"u{number}:{row}" for row in range(rows)]
            body = "name,age,cookie,banner_id\n" + "".join(f"Jane Doe,30,{cookie},7\n" for cookie in cookies)
            headers = {"Content-Type": "text/csv", "Prefer": "respond-async", "Idempotency-Key": f"upload-{number}"}
            run = self.submit(cookies, "/send_record/bulk", body, headers, to or sorted(set(names)), first=name)
            self.uploads[number] = (name, run, body, headers)

        numbers = [(len(self.uploads) + place, name) for place, name in enumerate(names)]
        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            for each in [pool.submit(one, *number) for number in numbers]:
                each.result()
        return self

    def trickle(self, names="abc"):
        """Single records arrive from here on."""
        def client(place):
            count = 0
            while not self.is_over.wait(0.05):
                count += 1
                cookie = f"s{place}:{count}"
                body = json.dumps({"name": "Jane Doe", "age": 30, "cookie": cookie, "banner_id": 7})
                headers = {"Content-Type": "application/json", "Prefer": "respond-async", "Idempotency-Key": cookie}
                self.submit([cookie], "/send_record", body, headers, list(names))

        pool = concurrent.futures.ThreadPoolExecutor(2)
        self.clients += [pool.submit(client, place) for place in (1, 2)]
        pool.shutdown(wait=False)
        return self

    def wait_sending(self, more=1, seconds=30):
        start = self.api.records
        return wait("something is sent", lambda: self.api.records >= start + more, seconds)

    def sources_of(self, name):
        return [f"u{number}" for number, upload in self.uploads.items() if upload[0] == name]

    def wait_continued(self, name, seconds=20):
        """What a node delivered is delivered by another."""
        last = {source: len(self.api.arrivals[source]) for source in self.sources_of(name)}
        return wait(f"runs of {name} continue", lambda: any(
            len(self.api.arrivals[source]) > count for source, count in last.items()), seconds)

    # What became of it

    def command(self, *words):
        done = subprocess.run([place.program, *words, "--journal", self.address, "--state-dir", f"{self.folder}/look"],
                              env=self.environment(), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def finish(self, seconds=90, most_doubtful=None):
        """Waits until all is delivered, and counts."""
        # What arrives from now on finds everything healthy.
        self.is_over.wait(2)
        self.is_over.set()
        for each in self.clients:
            each.result(120)
        alive = sorted(name for name, node in self.nodes.items() if node.poll() is None)

        def are_done():
            status, body, _ = self.ask(alive[0], "GET", "/runs?limit=100")
            self.states = [] if status != 200 else [
                (run["run"], run["state"], run["reason"], run["node"]) for run in json.loads(body)["runs"]
                if run["state"] != "done"]
            return status == 200 and not self.states

        try:
            wait("all runs are done", are_done, seconds)
        except AssertionError as fault:
            raise AssertionError(f"{fault}: {self.states}") from None
        if self.uploads:
            # Any node answers for any key.
            number, (_, run, body, headers) = random.choice(sorted(self.uploads.items()))
            status, answer, _ = self.ask(random.choice(alive), "POST", "/send_record/bulk", body, headers, 30)
            assert status == 202 and json.loads(answer)["run"] == run, f"upload-{number} again: {status} {answer}"
        runs = json.loads(self.command("runs", "--json"))
        for run in runs:
            parts = sum(run[part] for part in ("rejected", "filtered", "sent", "failed", "pending"))
            assert run["read"] == parts and run["pending"] == 0, f"not conserved: {run}"
        counted = {part: sum(run[part] for run in runs) for part in ("read", "failed", "possible_duplicates")}
        applied = set(self.api.applied)
        twice = self.api.records - len(applied)
        missing = self.accepted - applied
        strange = applied - self.accepted - self.doubtful
        said = (f"{len(self.accepted)} accepted, {twice} arrived twice, "
                f"{counted['possible_duplicates']} counted as possible duplicates")
        assert not missing, f"{said}: {len(missing)} are missing, like {sorted(missing)[:3]}"
        assert not strange, f"{said}: {len(strange)} were never accepted"
        assert counted["failed"] == 0, f"{said}: {counted['failed']} failed"
        assert twice <= counted["possible_duplicates"], f"{said}: more than counted"
        assert len(self.accepted) <= counted["read"] <= len(self.accepted | self.doubtful), f"{said}: read {counted}"
        if most_doubtful is not None:
            assert counted["possible_duplicates"] <= most_doubtful, f"{said}: at most {most_doubtful}"
        for name in list(self.nodes):
            assert self.nodes[name].poll() is None, f"{name} has ended: {self.nodes[name].returncode}"
            status = self.end(name, signal.SIGTERM)
            assert status == 143, f"{name} ended with {status}"
        return said

    def close(self):
        self.is_over.set()
        for node in [*self.nodes.values(), *self.ended]:
            if node.poll() is None:
                node.kill()
                node.wait()
        for proxy in self.proxies:
            proxy.flows.set()
            proxy.close()
        self.api.shutdown()
        self.api.server_close()

    def proxy(self, port=None):
        self.proxies.append(Proxy(port or self.server.port))
        return self.proxies[-1]


@contextlib.contextmanager
def opened(name, *arguments, **options):
    world = World(name, *arguments, **options)
    try:
        yield world
    finally:
        world.close()
