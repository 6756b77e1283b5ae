"""Real Keylime groups on loopback, for as long as somebody holds our standard input.

Run as `groups.py STATE`, where STATE is a folder for everything that is written (STATE-2, STATE-3, ... while another
run uses it); it is emptied at the start and kept at the end, for its logs. One JSON object per line comes
in, one goes out: {"ok": ...} or {"error": "words"}. The operations are the methods of `Stack` that begin with
`op_`. When standard input ends (the test run is over, or was killed) or SIGTERM arrives, every server is killed.

A group is one CA, one verifier database, one registrar database, and members: member M is a verifier and a
registrar. Servers are named by group and place: "1-verifier1", "2-registrar1".
"""

import ctypes
import fcntl
import http.client
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
START_LIMIT = 120.0  # seconds until a server must answer; a busy two-core machine needs up to 20
REQUEST_LIMIT = 30.0  # seconds for one HTTP exchange
STOP_LIMIT = 10.0  # seconds that a server has to obey SIGTERM
LOGGED_LINES = 15  # how much of a dead server's log goes into the error
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None, use_errno=True)


class Trouble(Exception):
    """An operation that cannot be done, in words for the test."""


class Ports:
    """Free ports below 32768, where Linux starts handing out ports for outgoing connections.

    A port is claimed by binding it on a loopback address that nobody serves from, for as long as we live. So two
    test runs on one machine never choose the same port, not even while a server of ours is down.
    """

    def __init__(self):
        self.claims = []

    def take(self):
        for _ in range(2000):
            port = random.randint(20000, 32000)
            claim = socket.socket()
            try:
                claim.bind(("127.77.0.1", port))
                with socket.socket() as probe:
                    # As the servers do: a connection left in TIME_WAIT is no obstacle, a listener is.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
                    probe.listen()
            except OSError:
                claim.close()
                continue
            self.claims.append(claim)
            return port
        raise Trouble("no free port between 20000 and 32000 on 127.0.0.1")


class Server:
    """One verifier or registrar: a process group of three or more processes."""

    def __init__(self, name, program, environment, folder, log, ready):
        self.name, self.program, self.environment = name, program, environment
        self.folder, self.log, self.ready = folder, log, ready
        self.pid = None

    def start(self):
        if self.pid is not None:
            return
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                [self.program],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group, because the parent process ignores SIGTERM and its workers must go too.
                start_new_session=True,
                # Should we be killed ourselves, the parent goes with us.
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )
        self.pid = process.pid
        process.returncode = 0  # we reap by process group; subprocess must not do it too

    def wait_until_ready(self):
        """Until it answers a request: the port opens before the workers are there."""
        limit = time.monotonic() + START_LIMIT
        reason = "nothing tried"
        while time.monotonic() < limit:
            if not self.reap():
                raise Trouble(f"{self.name} died while starting; the end of its log:\n{self.last_words()}")
            try:
                self.ready()
                return
            except (OSError, http.client.HTTPException) as error:
                reason = str(error)
            time.sleep(0.05)
        raise Trouble(f"{self.name} gave no answer in {START_LIMIT:.0f} s ({reason}); {self.last_words()}")

    def last_words(self):
        lines = Path(self.log).read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOGGED_LINES:])

    def reap(self):
        """Collects what has ended; False once nothing of the process group is left."""
        if self.pid is None:
            return False
        try:
            while os.waitpid(-self.pid, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True


    def signal(self, number):
        if self.pid is not None:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """As a crash or a pulled plug: no goodbye."""
        if self.pid is None:
            return
        self.signal(signal.SIGKILL)
        while self.reap():
            time.sleep(0.01)
        for folder in (Path("/run/keylime"), Path("/tmp/keylime")):
            (folder / f"shared_data.{self.pid}.sock").unlink(missing_ok=True)
        self.pid = None

    def stop(self):
        self.signal(signal.SIGTERM)
        limit = time.monotonic() + STOP_LIMIT
        while self.reap() and time.monotonic() < limit:
            time.sleep(0.05)
        self.kill()


class Group:
    """One CA, two databases, and the members that share them."""

    def __init__(self, number, wanted, state, ports):
        self.number = number
        self.folder = state / f"group{number}"
        self.home = self.folder / "keylime"
        self.authority = self.home / "cv_ca"
        self.databases = {what: self.folder / f"{what}.sqlite" for what in ("verifier", "registrar")}
        self.modes = wanted["modes"]
        self.members = [
            {"verifier": ports.take(), "registrar": ports.take(), "registrar_tls": ports.take()} for _ in self.modes
        ]
        self.home.mkdir(parents=True, mode=0o700)
        self.write("logging.conf", "logging.conf")
        self.write("ca.conf", "ca.conf", authority_name=wanted["authority_name"])
        self.servers = {}
        for index, (mode, member) in enumerate(zip(self.modes, self.members), start=1):
            values = {
                "verifier_id": f"group{number}-verifier{index}",
                "verifier_port": member["verifier"],
                "registrar_port": member["registrar"],
                "registrar_tls_port": member["registrar_tls"],
                "verifier_database": self.databases["verifier"],
                "registrar_database": self.databases["registrar"],
                "mode": mode,
                "quote_interval": wanted["quote_interval"],
                "retry_interval": wanted["retry_interval"],
                "max_retries": wanted["max_retries"],
            }
            self.add("verifier", index, member["verifier"], values)
            self.add("registrar", index, member["registrar_tls"], values)

    def write(self, template, name, **values):
        """Fills a template; `{{name}}` stands for a value."""
        text = (HERE / "templates" / template).read_text()
        text = re.sub(r"\{\{(\w+)\}\}", lambda found: str(values[found.group(1)]), text)
        path = self.folder / name
        path.write_text(text)
        return path

    def add(self, what, index, port, values):
        configuration = self.write(f"{what}.conf", f"{what}{index}.conf", **values)
        environment = {
            "PATH": f"{sysconfig.get_path('scripts')}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "KEYLIME_DIR": str(self.home),
            f"KEYLIME_{what.upper()}_CONFIG": str(configuration),
            "KEYLIME_CA_CONFIG": str(self.folder / "ca.conf"),
            "KEYLIME_LOGGING_CONFIG": str(self.folder / "logging.conf"),
            # Usually not there; a test may write one to say which versions of TLS a server speaks.
            "OPENSSL_CONF": str(self.folder / "openssl.cnf"),
        }
        name = f"{self.number}-{what}{index}"
        self.servers[name] = Server(
            name,
            f"{sysconfig.get_path('scripts')}/keylime_{what}",
            environment,
            self.home,
            self.folder / f"{what}{index}.log",
            lambda: self.exchange("GET", f"https://127.0.0.1:{port}/version"),
        )

    def exchange(self, method, url, body=None, headers=None):
        """One HTTP exchange as the operator of this group; status and body."""
        parts = urlsplit(url)
        if parts.scheme == "https":
            try:
                context = ssl.create_default_context(cafile=str(self.authority / "cacert.crt"))
                context.load_cert_chain(
                    self.authority / "client-cert.crt", keyfile=self.authority / "client-private.pem"
                )
            except ssl.SSLError as error:  # the CA is being written at this moment
                raise OSError(str(error)) from error
            connection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=REQUEST_LIMIT, context=context
            )
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=REQUEST_LIMIT)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            # Without the content type the registrar ignores the body and misses every field in it.
            usual = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body, usual | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def description(self):
        return {
            "verifiers": [
                {"address": f"https://127.0.0.1:{member['verifier']}", "mode": mode}
                for member, mode in zip(self.members, self.modes)
            ],
            "registrars": [f"https://127.0.0.1:{member['registrar_tls']}" for member in self.members],
            "registrar_agent_faces": [f"http://127.0.0.1:{member['registrar']}" for member in self.members],
            "ca": str(self.authority / "cacert.crt"),
            "cert": str(self.authority / "client-cert.crt"),
            "key": str(self.authority / "client-private.pem"),
            "databases": {what: str(path) for what, path in self.databases.items()},
            "processes": {name: server.pid for name, server in self.servers.items()},
        }


class Stack:
    """All groups, and the operations of the line protocol."""

    def __init__(self, state):
        self.state = state
        self.ports = Ports()
        self.groups = {}

    def op_up(self, groups):
        """Starts groups: a list of {modes, quote_interval, retry_interval, max_retries, authority_name}."""
        if self.groups:
            raise Trouble("the groups are up already")
        for number, wanted in enumerate(groups, start=1):
            self.groups[number] = Group(number, wanted, self.state, self.ports)
        # The first verifier of a group makes the CA and its tables, the first registrar its own tables: two that
        # start together on a new database both try to, and one dies of it.
        servers = self.servers()
        verifiers = [name for name in servers if name.endswith("-verifier1")]
        registrars = [name for name in servers if name.endswith("-registrar1")]
        others = [name for name in servers if name not in verifiers and name not in registrars]
        for names in (verifiers, registrars, others):
            for name in names:
                servers[name].start()
            for name in names:
                servers[name].wait_until_ready()
        return [group.description() for group in self.groups.values()]

    def op_kill(self, what):
        """SIGKILL to a server's process group."""
        self.server(what).kill()

    def op_stop(self, what):
        """SIGTERM to a server's process group, SIGKILL if it does not obey."""
        self.server(what).stop()

    def op_start(self, what):
        """Starts a server again, on its old port, and waits until it answers."""
        server = self.server(what)
        server.start()
        server.wait_until_ready()

    def op_exchange(self, group, method, url, body=None, headers=None):
        """One HTTP request with the group's client certificate; `body` is any JSON value, `headers` come on top."""
        payload = None if body is None else json.dumps(body)
        try:
            status, text = self.group(group).exchange(method, url, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(f"{method} {url}: {error}") from error
        try:
            return {"status": status, "body": json.loads(text)}
        except ValueError:
            return {"status": status, "body": text}

    def op_sql(self, group, database, statement, values):
        """One statement on a group's `verifier` or `registrar` database; the number of changed rows, and rows."""
        connection = sqlite3.connect(self.group(group).databases[database], timeout=REQUEST_LIMIT)
        try:
            with connection:
                cursor = connection.execute(statement, values)
                return {"rows": cursor.fetchall(), "changed": cursor.rowcount}
        except sqlite3.Error as error:
            raise Trouble(f"{statement}: {error}") from error
        finally:
            connection.close()

    def op_port(self):
        """A port on 127.0.0.1 where nobody listens, and nobody will."""
        return self.ports.take()

    def group(self, number):
        if number not in self.groups:
            raise Trouble(f"there is no group {number}; there are {sorted(self.groups)}")
        return self.groups[number]

    def servers(self):
        return {name: server for group in self.groups.values() for name, server in group.servers.items()}

    def server(self, name):
        servers = self.servers()
        if name not in servers:
            raise Trouble(f"there is no server {name}; there are {', '.join(servers)}")
        return servers[name]

    def down(self):
        for server in self.servers().values():
            server.signal(signal.SIGKILL)
        for server in self.servers().values():
            server.kill()


def sweep():
    """Kills what is left below us. We are the subreaper: whatever lost its parent is our child by now."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while pids := children.read_text().split():
        for pid in pids:
            try:
                os.kill(int(pid), signal.SIGKILL)
                os.waitpid(int(pid), 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def answer(stack, line):
    try:
        request = json.loads(line)
        operation = getattr(stack, f"op_{request.pop('op')}")
        return {"ok": operation(**request)}
    except Trouble as trouble:
        return {"error": str(trouble)}
    except Exception as error:  # a mistake of ours or of the test: it must reach the test's output
        return {"error": f"{type(error).__name__}: {error}"}


def end(_number, _frame):
    raise SystemExit(0)


def requests(woken):
    """The lines of standard input. Python runs a handler between two of its own steps: a signal right before a read
    that waits would be handled after it, which may be never. So what is waited for is also the byte in the pipe
    `woken` that every signal leaves."""
    read = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if 0 not in ready:
            continue
        more = os.read(0, 65536)
        if not more:
            return
        *lines, read = (read + more).split(b"\n")
        yield from lines


def claim_folder(wanted):
    """An empty folder that no other run uses, and the open file that says so."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 20):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        lock = open(folder.with_name(f"{folder.name}.lock"), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        return folder, lock
    raise SystemExit(f"groups.py: 20 runs use folders beside {wanted}; wait for them to end")


def main():
    state, _lock = claim_folder(Path(sys.argv[1]).absolute())
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, end)
    # Ctrl-C goes to the whole terminal; the end of standard input follows and is the orderly way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    stack = Stack(state)
    try:
        for line in requests(woken):
            sys.stdout.write(json.dumps(answer(stack, line)) + "\n")
            sys.stdout.flush()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stack.down()
        sweep()


if __name__ == "__main__":
    main()
