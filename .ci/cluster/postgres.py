"""PostgreSQL servers on loopback, and what stands between them and the nodes."""
import contextlib
import glob
import os
import pwd
import random
import socket
import subprocess
import threading

from . import place
from .place import free_port

binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]


# PostgreSQL refuses to run as root.
def as_postgres(*command, **options):
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **options)
    if done.returncode:
        raise AssertionError(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


class Server:
    """A PostgreSQL server of its own on loopback."""

    template = None

    def __init__(self, name, copy=None, environment=None):
        self.folder, self.port, self.environment = f"{place.folder}/pg-{name}", free_port(), environment
        if copy is None:
            as_postgres(f"{binaries}/initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale", "C.UTF-8")
            self.configure("listen_addresses='127.0.0.1'", f"unix_socket_directories='{place.folder}'", "max_connections=300",
                           "shared_buffers=32MB", "wal_keep_size=64MB")
        else:
            as_postgres("cp", "-a", copy, self.folder)
        self.configure(f"port={self.port}")

    def configure(self, *lines):
        with open(f"{self.folder}/postgresql.conf", "a") as file:
            file.write("\n".join(lines) + "\n")

    def control(self, *arguments):
        environment = dict(os.environ, **(self.environment or {}))
        # Its output goes to a file: the server would hold a pipe open.
        as_postgres(f"{binaries}/pg_ctl", "-D", self.folder, "-l", f"{self.folder}/log", "-w", "-t", "60", *arguments,
                    env=environment)

    def start(self):
        self.control("start")
        return self

    def sql(self, *statements, database="postgres"):
        commands = [word for statement in statements for word in ("-c", statement)]
        return as_postgres("psql", "-qAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", *commands, database)

    def address(self, database, *ports):
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports or (self.port,))
        return f"postgresql://postgres@{hosts}/{database}?sslmode=disable"

    def standby(self, name, source=None):
        """A copy that follows this server, by way of another port when one is given."""
        copy = Server.__new__(Server)
        copy.folder, copy.port, copy.environment = f"{place.folder}/pg-{name}", free_port(), None
        as_postgres(f"{binaries}/pg_basebackup", "-h", "127.0.0.1", "-p", str(source or self.port), "-U", "postgres",
                    "-D", copy.folder, "-R", "-X", "stream", "-c", "fast")
        copy.configure(f"port={copy.port}")
        return copy


class Proxy:
    """Stands between a node and its database."""

    def __init__(self, target):
        self.target, self.swallows, self.swallowed = target, 0.0, 0
        self.flows = threading.Event()
        self.flows.set()
        self.random = random.Random(7)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                if self.listener.fileno() < 0:
                    return
                client.close()
                continue
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target, answers in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.pump, args=(source, target, answers), daemon=True).start()

    def pump(self, source, target, answers):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                if answers and b"COMMIT\0" in data and self.random.random() < self.swallows:
                    self.swallowed += 1
                    break
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self):
        self.listener.close()
