"""The HTTP side of the stand-in: a proxy that is what it connects to."""

import hashlib
import json
import ssl
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google_accounts import NAMES, SUBJECT
from google_tokens import BIGQUERY, Refusal

SECRETS = {"assertion", "client_secret", "refresh_token", "subject_token"}


class Handler(BaseHTTPRequestHandler):
    """A connection from outside (`host` is empty), or what goes through a tunnel to `host`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    host = ""

    def do_CONNECT(self):
        host, _, port = self.path.partition(":")
        known = host in NAMES and port == "443"
        self.server.log(host=host, method="CONNECT", path="", status=200 if known else 403)
        self.close_connection = True
        if not known:
            return self.send(403, {})
        self.send_response_only(200)
        self.end_headers()
        self.wfile.flush()
        tunnel = self.server.tls.wrap_socket(self.connection, server_side=True)
        type("Tunnel", (Handler,), {"host": host})(tunnel, self.client_address, self.server)
        tunnel.close()

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body):
        url = urllib.parse.urlsplit(self.path)
        self.seen = {}
        try:
            status, answer, headers = self.reply(url, body)
        except Refusal as refusal:
            status, answer, headers = refusal.status, refusal.body, refusal.headers
        authorization = self.headers.get("Authorization")
        self.server.log(
            host=self.host, method=self.command, path=url.path, status=status, **self.seen,
            **({"authorization": authorization.split(" ")[0] + " " + digest(authorization)} if authorization else {}),
            **({"quota_project": self.headers["x-goog-user-project"]} if "x-goog-user-project" in self.headers else {}))
        self.send(status, answer, headers)

    def reply(self, url, body):
        google = self.server.google
        match self.host, url.path:
            case "oauth2.googleapis.com", "/token":
                return 200, google.oauth_token(self.form(body), self.headers), {}
            case "sts.googleapis.com", "/v1/token":
                return 200, google.exchange(self.form(body), self.headers), {}
            case "sts.googleapis.com", "/v1/oauthtoken":
                return 200, google.workforce_refresh(self.form(body), self.headers), {}
            case "iamcredentials.googleapis.com", path if path.startswith("/v1/projects/-/serviceAccounts/"):
                target, _, method = path.rpartition("/")[2].partition(":")
                order = json.loads(body)
                self.seen = {"body": order}
                return 200, google.impersonate(target, method, order, self.headers), {}
            case "bigquery.googleapis.com", _:
                self.seen = {"account": google.caller(self.headers.get("Authorization"), BIGQUERY)}
                return self.server.forward(self.command, self.path, body)
            case "", "/subject-token" if self.headers.get("X-Subject") == "yes":
                return 200, {"value": SUBJECT["url"]}, {}
            case "", "/private/webhook":
                claims = google.check_id_token(self.headers.get("Authorization"), self.server.audience)
                self.seen = {"email": claims["email"], "token": claims["jti"]}
                return self.server.take(claims["jti"]), {}, {}
            case "", path if path.startswith("/computeMetadata/v1/") or path == "/":
                query = urllib.parse.parse_qs(url.query)
                self.seen = {"query": query}
                path = path.removeprefix("/computeMetadata/v1/")
                answer = {} if path == "/" else google.metadata(path, query, self.headers)
                return 200, answer, {"Metadata-Flavor": "Google"}
            case "", "/control":
                self.server.token_uses = json.loads(body)["token_uses"]
                return 200, {}, {}
        raise Refusal(404, {"error": {"code": 404, "message": "Not found.", "status": "NOT_FOUND"}})

    def form(self, body):
        if self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refusal(400, {"error": "invalid_request", "error_description": "not a form"})
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        self.seen = {"form": {name: digest(value) if name in SECRETS else value for name, value in form.items()}}
        return form

    def send(self, status, answer, headers=None):
        body = answer.encode() if isinstance(answer, str) else (
            answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        headers = {"Content-Type": "application/json", **(headers or {})}
        self.send_response_only(status)
        for name, value in {"Date": self.date_time_string(), **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        """Nothing: the log of requests says it better."""


def digest(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, google, emulator, keys, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.google, self.emulator = google, emulator.rstrip("/")
        self.audience = f"http://127.0.0.1:{self.server_address[1]}"
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(keys.certificate, keys.state / "server.key")
        self.lock, self.file = threading.Lock(), open(log, "a", buffering=1)
        self.token_uses, self.uses = None, {}

    def log(self, **facts):
        with self.lock:
            self.file.write(json.dumps(facts) + "\n")

    def take(self, token):
        """A private service that takes an ID token as often as `token_uses` says, as if it had ended then."""
        with self.lock:
            self.uses[token] = self.uses.get(token, 0) + 1
            return 401 if self.token_uses is not None and self.uses[token] > self.token_uses else 201

    def forward(self, method, path, body):
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(self.emulator + path, data=body or None, headers=headers, method=method)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request) as response:
                return response.status, response.read(), {}
        except urllib.error.HTTPError as error:
            return error.code, error.read(), {}

    def handle_error(self, request, client_address):
        """A client that went away, or that does not trust us, is no fault of ours."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)
