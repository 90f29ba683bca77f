"""The HTTP side of the pipeline: requests in, answers out; what they mean is decided elsewhere."""

import json
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dispatcher
from control import Faults, check
from losses import Losses

DRAIN_SECONDS = 30


class Handler(BaseHTTPRequestHandler):
    """One connection. What it shares with the others hangs on `self.server`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True      # else each answer waits 40 ms for the client's acknowledgement
    wbufsize = -1                       # head and body leave in one packet

    def do_POST(self):
        if "Content-Length" not in self.headers:
            self.close_connection = True    # a body of unknown length would be read as the next request
            return self._answer(411, {"error": "Content-Length: missing"})
        url, body = urllib.parse.urlsplit(self.path), self._body()
        if url.path == "/control":
            return self._guarded(lambda: self._control(json.loads(body)))
        environment = self.server.environments.get(url.path)
        if not environment:
            return self._answer(404, {"error": "not found"})
        delay, drop, status, retry_after = self.server.faults.next()
        time.sleep(delay)
        self.server.counts.add(environment, requests=1, faults=int(drop or status is not None))
        if drop:
            self._log(environment, None, body)
            self.close_connection = True
            return None
        if status is not None:
            self._log(environment, status, body)
            headers = {"Retry-After": retry_after} if retry_after else {}
            return self._answer(status, {"error": "ordered by a test"}, headers)
        return self._dispatch(environment, body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path in self.server.environments:
            query = urllib.parse.parse_qs(url.query)
            return self._guarded(lambda: dispatcher.handshake(query, self.server.verify_token))
        if url.path == "/control":
            return self._answer(200, self.server.counts.snapshot() | {"pending": self.server.landing.pending()})
        if url.path == "/control/drained":
            return self._guarded(self._drain)
        logs = {"/control/requests": self.server.log, "/control/fates": self.server.landing.fates}
        if url.path in logs:
            return self._send(200, logs[url.path].since_reset(), "application/x-ndjson", {})
        return self._answer(404, {"error": "not found"})

    def do_HEAD(self):
        self._answer(200 if self.path in self.server.environments else 404, {})

    def _dispatch(self, environment, body):
        try:
            event = dispatcher.parse(body, environment)
            fate = dispatcher.fate(event)
            if not fate:
                self.server.landing.accept(environment, event["object_id"])
        except dispatcher.Refusal as refusal:
            self.server.counts.add(environment, refused=1)
            self._log(environment, refusal.status, body)
            return self._answer(refusal.status, {"error": str(refusal)})
        self.server.counts.add(environment, accepted=1, **({fate: 1} if fate else {}))
        self._log(environment, 201, body)
        return self._answer(201, dispatcher.acknowledgement())

    def _control(self, orders):
        if not isinstance(orders, dict):
            raise ValueError("orders: not an object")
        if orders.pop("reset", False):
            for each in (self.server.faults, self.server.counts, self.server.log, self.server.landing):
                each.reset()
        drain = orders.pop("drain", False)
        check(orders, Faults.ORDERS | Losses.ORDERS)
        self.server.landing.order({name: orders[name] for name in orders if name in Losses.ORDERS})
        self.server.faults.order({name: orders[name] for name in orders if name in Faults.ORDERS})
        return self._drain() if drain else {}

    def _drain(self):
        """An answer when nothing is under way any more, so that tests need not sleep."""
        if not self.server.landing.drain(DRAIN_SECONDS):
            raise dispatcher.Refusal(503, f"down, or not drained in {DRAIN_SECONDS} s")
        return {"pending": 0}

    def _log(self, environment, status, body):
        self.server.log.append(environment=environment.name, status=status, body=body.decode("utf-8", "replace"))

    def _guarded(self, answer):
        """Sends what `answer` gives, or its refusal."""
        try:
            return self._answer(200, answer())
        except dispatcher.Refusal as refusal:
            return self._answer(refusal.status, {"error": str(refusal)})
        except ValueError as error:      # orders that are no JSON, or not among those that we know
            return self._answer(400, {"error": str(error)})

    def _body(self):
        """The body; read also where it is not wanted, since the connection goes on after it."""
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, status, answer, headers=None):
        body = json.dumps(answer, separators=(",", ":")).encode() + b"\n"
        self._send(status, body, "application/json", headers or {})

    def _send(self, status, body, content_type, headers):
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the log of events says it better, and standard error is for what went wrong."""


class Server(ThreadingHTTPServer):
    """One thread for each connection; none of them keeps the process alive."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, environments, landing, counts, faults, log, verify_token):
        super().__init__(("127.0.0.1", port), Handler)
        self.environments = {environment.path: environment for environment in environments}
        self.landing, self.counts, self.faults, self.log = landing, counts, faults, log
        self.verify_token = verify_token

    def handle_error(self, request, client_address):
        """A client that went away is no fault of ours, and tests kill clients on purpose."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
