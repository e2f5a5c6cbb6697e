"""What is broken, one after the other. Each trial gets a world on a server that several share, or starts its own server."""
import collections
import concurrent.futures
import json
import os
import pwd
import random
import shutil
import signal
import subprocess
import time

from . import place
from .clock import Clock
from .place import free_port, wait
from .postgres import Proxy, Server
from .world import opened


def kill(world):
    """A node is killed and stays away, then another one is killed and started again."""
    world.start(*"abc").upload(rows=8000).trickle()
    world.wait_sending(3000)
    world.end("a", signal.SIGKILL)
    took = world.wait_continued("a")
    world.end("b", signal.SIGKILL)
    world.start("b")
    return f"{world.finish()}; sending again {took:.1f} s after the first kill"


def kill_points(world):
    """A node is killed when a request arrives, when records were applied, when answers were taken, and anywhere."""
    dice = random.Random(5)
    world.start(*"bc").trickle()
    for turn in range(16):
        world.start("a").upload("aa", rows=2000)
        arrived, records, answered = world.api.arrived, world.api.records, world.api.statuses.total()
        point = (
            lambda more=dice.randint(1, 6): world.api.arrived >= arrived + more,
            lambda more=dice.randint(1, 3000): world.api.records >= records + more,
            lambda more=dice.randint(1, 6): world.api.statuses.total() >= answered + more,
            lambda end=time.monotonic() + dice.uniform(0, 0.5): time.monotonic() >= end,
        )[turn % 4]
        wait("the moment has come", point, 20)
        world.end("a", signal.SIGKILL)
    world.start("a")
    return f"{world.finish()}; killed 16 times"


def hang(world):
    """A node stands still for longer than its lease, and wakes up."""
    world.start(*"abc").upload(rows=8000).trickle("bc")
    world.wait_sending(3000)
    node = world.nodes["a"]
    node.send_signal(signal.SIGSTOP)
    took = world.wait_continued("a")
    time.sleep(place.lease)
    node.send_signal(signal.SIGCONT)
    wait("it joins again", lambda: "others took over" in world.log("a"))
    world.wait_ready("a")
    return f"{world.finish()}; sending again after {took:.1f} s"


def rolling(world):
    """Each node in turn is ended in order and started again."""
    world.start(*"abc").upload("abcabcabc", rows=8000).trickle()
    times = []
    for name in "abc":
        world.wait_sending(5000)
        start = time.monotonic()
        status = world.end(name, signal.SIGTERM)
        assert status == 143, f"{name} ended with {status}"
        times.append(time.monotonic() - start)
        world.start(name)
    return f"{world.finish(most_doubtful=0)}; each ended within {max(times):.1f} s"


def partition(world):
    """One node's connections to the database stand still for longer than its lease."""
    between = world.proxy()
    world.start("a", address=world.server.address(world.database, between.port))
    world.start(*"bc").upload(rows=8000).trickle("bc")
    world.wait_sending(3000)
    between.flows.clear()
    # What was journaled before may still leave while the lease lasts.
    time.sleep(place.lease)
    world.wait_continued("a")
    time.sleep(place.lease)
    between.flows.set()
    world.wait_ready("a")
    return world.finish()


def swallowed(world):
    """Answers to COMMIT are lost on the way."""
    between = world.proxy()
    between.swallows = 0.1
    world.start(*"abc", address=world.server.address(world.database, between.port)).upload(rows=6000).trickle()
    said = world.finish(most_doubtful=0)
    assert between.swallowed, "no COMMIT was swallowed"
    return f"{said}; {between.swallowed} swallowed"


def crash(server):
    """The database crashes and comes back."""
    own = Server("crash", copy=server.template).start()
    with opened("crash", own) as world:
        world.start(*"abc").upload(rows=8000).trickle()
        world.wait_sending(3000)
        own.control("stop", "-m", "immediate")
        wait("ready says no", lambda: all(world.ask(name, "GET", "/ready")[0] == 503 for name in "abc"), 10)
        time.sleep(place.lease + 2)
        own.control("start")
        took = world.wait_sending(seconds=5)
        said = world.finish()
        assert world.refusals[503], "nobody was answered 503"
        return f"{said}; {world.refusals[503]} answers 503, sending again after {took:.1f} s"


def promotion(server, name, is_synchronous):
    own = Server(name, copy=server.template).start()
    between = Proxy(own.port)
    standby = own.standby(f"{name}-standby", between.port)
    standby.start()
    if is_synchronous:
        own.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
    wait("the standby follows", lambda: own.sql("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
    with opened(name, own, own.address(name.replace("-", "_"), own.port, standby.port)) as world:
        world.proxies.append(between)
        world.start(*"abc").upload(rows=8000)
        if is_synchronous:
            world.trickle()
            assert "synchronous, to" in world.command("journal", "check")
        world.wait_sending(3000)
        if not is_synchronous:
            # It falls behind.
            between.flows.clear()
            world.wait_sending(3000)
        own.control("stop", "-m", "immediate")
        standby.control("promote")
        took = world.wait_sending(seconds=20)
        said = world.finish(most_doubtful=0 if is_synchronous else None)
        if not is_synchronous:
            assert any("written again" in world.log(node) for node in "abc"), "no node says that commits were lost"
        return f"{said}; sending again after {took:.1f} s"


def promoted_synchronous(server):
    """The database's machine dies, and a synchronous standby is promoted."""
    return promotion(server, "promoted-synchronous", True)


def promoted_asynchronous(server):
    """An asynchronous standby that has fallen behind is promoted: the nodes write again what it lacks."""
    return promotion(server, "promoted-asynchronous", False)


def survived_clocks(world, killed):
    """No clock alone makes a node take over; a node's death does."""
    time.sleep(place.lease + 1)
    assert not any("took over" in world.log(name) for name in "abc"), "a clock made a node take over"
    world.end(killed, signal.SIGKILL)
    took = world.wait_continued(killed)
    return f"{world.finish()}; sending again after {took:.1f} s"


def node_clocks(world):
    """One node's clock is an hour ahead, another one's jumps an hour back, and a node is killed."""
    clocks = {name: Clock(f"node-{name}") for name in "ab"}
    clocks["a"].set(3600)
    for name in "ab":
        world.start(name, environment=clocks[name].environment)
    world.start("c").upload(rows=8000).trickle()
    world.wait_sending(3000)
    clocks["b"].set(-3600)
    world.wait_sending(3000)
    return survived_clocks(world, "c")


def database_clock(server):
    """The database's clock jumps an hour ahead and two back, the API asks for a pause, and a node is killed."""
    clock = Clock("database")
    own = Server("database-clock", copy=server.template, environment=clock.environment).start()
    with opened("database-clock", own) as world:
        world.start(*"abc").upload(rows=10000).trickle()
        world.wait_sending(3000)
        clock.set(3600)
        world.api.retry_after = 2
        wait("the API asks for a pause", lambda: world.api.statuses[429])
        clock.set(-3600)
        world.api.retry_after = None
        paused = world.wait_sending(3000)
        return f"paused for {paused:.1f} s; {survived_clocks(world, 'a')}"


def wrong_key(world):
    """One node has a wrong key: others deliver what it accepts, and it says so."""
    world.start("a", "b")
    world.launch("c", project_key="a-wrong-key")
    world.wait_ready("c")
    world.upload("abcc", rows=3000).trickle("abc")
    took = world.wait_continued("c")
    said = world.finish()
    assert "400" in world.log("c"), "it does not say that its key is refused"
    return f"{said}; others deliver after {took:.1f} s"


def other_limits(world):
    """One node was told other limits: the stored ones hold, it is named, and they can be changed for all."""
    world.start(*"ab")
    world.launch("c", options=("--concurrency", "40"))
    world.rate = 3000
    world.wait_ready("c")
    world.upload(rows=4000)
    listed = world.command("nodes")
    assert "--concurrency 40 here, but the nodes share 16" in listed, listed
    assert "--concurrency 40 here" in world.log("c"), "its log does not name it"
    start, sent = time.monotonic(), world.api.records
    world.wait_sending(9000)
    rate = (world.api.records - sent) / (time.monotonic() - start)
    assert rate < 4500, f"{rate:.0f} records/s, limit 3000"
    world.command("nodes", "set", "rate=none")
    said = world.finish()
    return f"{said}; {rate:.0f} records/s of 3000"


def old_transaction(world):
    """A transaction holds back what vacuum may remove for a minute."""
    world.rate = 1500
    # Enough for half as long again.
    world.start(*"abc").upload("abcabc", rows=24000)
    world.wait_sending(3000)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        held = pool.submit(
            world.server.sql, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM run", "SELECT pg_sleep(60)",
            "COMMIT", database=world.database)
        first = world.wait_sending(15000)
        rates = []
        while not held.done():
            rates.append(15000 / world.wait_sending(15000))
        held.result()
    said = world.finish()
    assert rates[-1] > 15000 / first * 0.7, f"{15000 / first:.0f} records/s at first, {rates[-1]:.0f} at the end"
    return f"{said}; {15000 / first:.0f} records/s at first, {rates[-1]:.0f} after a minute"


def pooled(world):
    """PgBouncer stands before the database: by sessions it works, by transactions it is refused in one line."""
    folder = f"{world.folder}/bouncer"
    os.makedirs(folder)
    with open(f"{folder}/users", "w") as file:
        file.write('"postgres" ""\n')
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    bouncers, ports = [], {}
    try:
        for mode in ("session", "transaction"):
            ports[mode] = free_port()
            with open(f"{folder}/{mode}.ini", "w") as file:
                file.write(f"[databases]\n* = host=127.0.0.1 port={world.server.port}\n[pgbouncer]\n"
                           f"listen_addr = 127.0.0.1\nlisten_port = {ports[mode]}\nunix_socket_dir =\nauth_type = trust\n"
                           f"auth_file = {folder}/users\npool_mode = {mode}\ndefault_pool_size = 40\n"
                           f"logfile = {folder}/{mode}.log\n")
            user = {"user": pwd.getpwnam("postgres").pw_uid} if os.getuid() == 0 else {}
            bouncers.append(subprocess.Popen(["pgbouncer", f"{folder}/{mode}.ini"], stderr=subprocess.DEVNULL, **user))
        world.launch("t", address=world.server.address(world.database, ports["transaction"]))
        wait("transaction mode is named", lambda: "pool_mode=session" in world.log("t"), 20)
        refused = world.nodes.pop("t")
        refused.terminate()
        refused.wait(20)
        world.start(*"abc", address=world.server.address(world.database, ports["session"])).upload(rows=6000).trickle()
        world.wait_sending(3000)
        world.end("a", signal.SIGKILL)
        return world.finish()
    finally:
        for bouncer in bouncers:
            bouncer.terminate()
            bouncer.wait()


def throttled(world):
    """The API allows 50 requests a second. A node leaves, and the others use its part. Then the API asks for a pause: one
    node tells the other."""
    world.api.limit = 50
    world.start(*"abc", options=("--batch-size", "50"))
    world.command("nodes", "set", "rate=none")
    world.upload("abcabc", rows=20000)
    time.sleep(12)
    # Whole seconds of a time in which all of them have learned what the API allows.
    second = int(time.monotonic()) + 1
    before = collections.Counter(world.api.statuses)
    time.sleep(11)
    used = sum(world.api.seconds[second + each] for each in range(10)) / 500
    requests = world.api.statuses.total() - before.total()
    refused = (world.api.statuses[429] - before[429]) / requests
    world.end("c", signal.SIGTERM)
    second = int(time.monotonic()) + 2
    time.sleep(7)
    left = sum(world.api.seconds[second + each] for each in range(4)) / 200
    asked = world.api.statuses[429]
    world.api.retry_after = 2
    wait("the API asks for a pause", lambda: world.api.statuses[429] > asked)
    time.sleep(0.3)
    asked = world.api.statuses[429]
    time.sleep(1.2)
    late = world.api.statuses[429] - asked
    world.api.retry_after, world.api.limit = None, None
    said = world.finish()
    assert left > 0.8, f"{said}: {left:.0%} of 50 requests/s used after one of three nodes left"
    assert late == 0, f"{said}: {late} requests later than 300 ms after the API asked for a pause"
    return f"{said}; {used:.0%} of 50 requests/s used, {refused:.1%} answered 429, {left:.0%} used right after one left"


def local_file(world):
    """A command that delivers a file is killed, and its machine's file is gone: others continue with the copy."""
    world.start(*"ab")
    world.command("nodes", "set", "rate=1500")
    file = world.local_file(rows=40000)
    world.launch_command("c", file)
    wait("the file is in the journal", lambda: "any node can continue" in world.log("c"), 20)
    world.wait_sending(1000)
    world.end("c", signal.SIGKILL)
    os.remove(file)
    taken = world.wait_sending(10000)
    return f"{world.finish()}; 10,000 records later after {taken:.1f} s"


def relayed(world):
    """Runs of one node are paused, continued and stopped at another."""
    world.rate = 500
    world.start(*"abc").upload("abc", rows=3000)
    run = world.uploads[0][1]

    def stand():
        return json.loads(world.ask("b", "GET", f"/runs/{run}")[1])["state"]

    times = []
    for path, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped"), ("resume", "running")):
        start = time.monotonic()
        status, answer, _ = world.ask("b", "POST", f"/runs/{run}/{path}")
        assert status == 202, f"{path}: {status} {answer}"
        wait(f"run {run} is {state}", lambda: stand() == state, 5)
        times.append(time.monotonic() - start)
    return f"{world.finish(most_doubtful=0)}; each within {max(times):.1f} s"
