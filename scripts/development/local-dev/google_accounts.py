"""Who Google knows: keys, accounts, and the files of credentials that a user would have."""

import json
import subprocess

PROJECT = "example-project"
DOMAIN = f"{PROJECT}.iam.gserviceaccount.com"
NAMES = [f"{name}.googleapis.com" for name in ("oauth2", "sts", "iamcredentials", "bigquery")]

# What is different with an account. `clock`: seconds by which Google's clock is ahead of ours. `faults`: answers before
# the first good one. `uses`: requests that BigQuery takes a token for; after them it is as good as revoked.
SERVICE_ACCOUNTS = {
    f"backfill@{DOMAIN}": {},
    f"late@{DOMAIN}": {"clock": 7200},
    f"early@{DOMAIN}": {"clock": -900},
    f"flaky@{DOMAIN}": {"faults": [(503, {}), (500, {})]},
    f"busy@{DOMAIN}": {"faults": [(429, {"Retry-After": "1"})]},
    f"closed@{DOMAIN}": {"faults": [(503, {"Retry-After": "7200"})]},
    f"brief@{DOMAIN}": {"uses": 1},
}
# The account that others ask in the name of, and one whose doors are closed to all.
TARGET, CLOSED = f"target@{DOMAIN}", f"nobody@{DOMAIN}"

CLIENT, CLIENT_SECRET = "764086051850.apps.googleusercontent.com", "client-secret"
LOGINS = {
    "refresh-good": None,
    "refresh-expired": {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
    "refresh-rapt": {
        "error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)",
        "error_uri": "https://support.google.com/a/answer/9368756", "error_subtype": "invalid_rapt"},
}

WORKLOAD = "//iam.googleapis.com/projects/123456/locations/global/workloadIdentityPools/pool/providers/github"
WORKFORCE = "//iam.googleapis.com/locations/global/workforcePools/pool/providers/okta"
SUBJECT = {"text": "subject-token-of-a-file", "json": "subject-token-of-a-json-file", "url": "subject-token-of-a-url"}
SUBJECT_TYPE = "urn:ietf:params:oauth:token-type:jwt"


def openssl(*arguments, data=None):
    run = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.decode())
    return run.stdout


class Keys:
    """Made anew for each run, in its folder."""

    def __init__(self, state):
        self.state = state
        for name in ("account", "stranger", "identity"):
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", state / f"{name}.key")
            openssl("pkey", "-in", state / f"{name}.key", "-pubout", "-out", state / f"{name}.pub")
        self.authority, self.certificate = state / "ca.pem", state / "server.pem"
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *curve, "-keyout", state / "ca.key", "-out", self.authority, "-days", "2",
                "-subj", "/CN=Stand-in of Google", "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", *curve, "-keyout", state / "server.key", "-out", state / "server.csr", "-subj", "/CN=stand-in")
        (state / "server.ext").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in NAMES))
        openssl("x509", "-req", "-in", state / "server.csr", "-CA", self.authority, "-CAkey", state / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", state / "server.ext", "-out", self.certificate)

    def sign(self, name, message):
        return openssl("dgst", "-sha256", "-sign", self.state / f"{name}.key", data=message)

    def verifies(self, name, message, signature, scratch):
        scratch.write_bytes(signature)
        try:
            openssl("dgst", "-sha256", "-verify", self.state / f"{name}.pub", "-signature", scratch, data=message)
            return True
        except RuntimeError:
            return False
        finally:
            scratch.unlink()


def service_account(keys, name, key="account", **more):
    return {
        "type": "service_account", "project_id": PROJECT, "private_key_id": f"{key}-key-id",
        "private_key": (keys.state / f"{key}.key").read_text(), "client_email": f"{name}@{DOMAIN}",
        "client_id": "1", "token_uri": "https://oauth2.googleapis.com/token", "universe_domain": "googleapis.com",
        **more}


def login(refresh="refresh-good", **more):
    return {"type": "authorized_user", "client_id": CLIENT, "client_secret": CLIENT_SECRET, "refresh_token": refresh,
            "quota_project_id": "quota-project", **more}


def impersonation(source, target=TARGET, delegates=()):
    return {"type": "impersonated_service_account", "source_credentials": source, "delegates": list(delegates),
            "service_account_impersonation_url": impersonation_url(target)}


def impersonation_url(target):
    return f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{target}:generateAccessToken"


def external(source, audience=WORKLOAD, **more):
    return {"type": "external_account", "audience": audience, "subject_token_type": SUBJECT_TYPE,
            "token_url": "https://sts.googleapis.com/v1/token", "credential_source": source, **more}


def write_files(state, keys, port):
    """One file for each kind of credentials, good and bad."""
    (state / "subject.txt").write_text(SUBJECT["text"] + "\n")
    (state / "subject.json").write_text(json.dumps({"id_token": SUBJECT["json"]}))
    (state / "subject-stale.txt").write_text("subject-token-that-has-expired")
    text = {"file": str(state / "subject.txt")}
    url = {"url": f"http://127.0.0.1:{port}/subject-token?audience=x", "headers": {"X-Subject": "yes"},
           "format": {"type": "json", "subject_token_field_name": "value"}}
    files = {
        "service-account": service_account(keys, "backfill"),
        "unknown-key": service_account(keys, "backfill", key="stranger"),
        "unknown-account": service_account(keys, "deleted"),
        **{name: service_account(keys, name) for name in ("late", "early", "flaky", "busy", "closed", "brief")},
        "user": login(), "user-expired": login("refresh-expired"), "user-rapt": login("refresh-rapt"),
        "user-client": login(client_id="deleted.apps.googleusercontent.com"),
        "impersonated-by-user": impersonation(login()),
        "impersonated-by-service-account": impersonation(
            service_account(keys, "backfill"), delegates=["via@example.com"]),
        "impersonated-denied": impersonation(login(), CLOSED),
        "external-text": external(text),
        "external-json": external(
            {"file": str(state / "subject.json"), "format": {"type": "json", "subject_token_field_name": "id_token"}}),
        "external-url": external(url),
        "external-impersonated": external(
            text, service_account_impersonation_url=impersonation_url(TARGET),
            service_account_impersonation={"token_lifetime_seconds": 1200}),
        "external-workforce": external(text, WORKFORCE, workforce_pool_user_project="workforce-project"),
        "external-client": external(text, WORKFORCE, client_id="sts-client", client_secret="sts-secret"),
        "external-stale": external({"file": str(state / "subject-stale.txt")}),
        "external-account-user": {
            "type": "external_account_authorized_user", "audience": WORKFORCE, "client_id": "sts-client",
            "client_secret": "sts-secret", "refresh_token": "refresh-good",
            "token_url": "https://sts.googleapis.com/v1/oauthtoken"},
        "aws": external({"environment_id": "aws1", "region_url": "http://169.254.169.254/x"}),
        "executable": external({"executable": {"command": "/bin/true"}}),
        "unknown-type": {"type": "gdch_service_account"},
        "evil-token-uri": service_account(
            keys, "backfill", token_uri="https://oauth2.googleapis.com.evil.example/token"),
        "evil-sts": external(text) | {"token_url": "https://evil.example/v1/token"},
        "evil-impersonation": impersonation(login()) | {
            "service_account_impersonation_url": "http://iamcredentials.googleapis.com/v1/x:generateAccessToken"},
        "evil-subject": external({"url": "http://evil.example/subject"}),
        "universe": service_account(keys, "backfill", universe_domain="example.cloud"),
        "no-key": {name: value for name, value in service_account(keys, "backfill").items() if name != "private_key"},
        "bad-key": service_account(keys, "backfill", private_key="-----BEGIN PRIVATE KEY-----\nZm9v\n"),
    }
    for name, credentials in files.items():
        (state / f"{name}.json").write_text(json.dumps(credentials, indent=2))
    (state / "not-json.json").write_text("client_secret=secret-that-nobody-must-see")
