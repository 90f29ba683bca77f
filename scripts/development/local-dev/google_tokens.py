"""What Google's token services verify, and what they answer."""

import base64
import json
import pathlib
import secrets
import threading
import time
from datetime import datetime, timezone

from google_accounts import (CLIENT, CLIENT_SECRET, DOMAIN, LOGINS, PROJECT, SERVICE_ACCOUNTS, SUBJECT,
                             SUBJECT_TYPE, TARGET, WORKFORCE, WORKLOAD)

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
BIGQUERY, IAM, ALL = (f"https://www.googleapis.com/auth/{name}" for name in ("bigquery", "iam", "cloud-platform"))
TIMEFRAME = ("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
             "Check your iat and exp values in the JWT claim.")


class Refusal(Exception):
    """An answer that is no token."""

    def __init__(self, status, body, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def oauth(description, error="invalid_grant", status=400):
    return Refusal(status, {"error": error, "error_description": description})


def api(status, word, message, reason=None):
    error = {"code": status, "message": message, "status": word}
    if reason:
        error["errors"] = [{"message": message, "domain": "global", "reason": reason}]
    return Refusal(status, {"error": error})


def require(condition, refusal):
    if not condition:
        raise refusal


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Google:
    """Tokens that are out, and accounts that have been asked for. Called from many threads."""

    def __init__(self, keys):
        self.keys, self.lock = keys, threading.Lock()
        self.tokens, self.faults = {}, {name: list(a.get("faults", [])) for name, a in SERVICE_ACCOUNTS.items()}
        self.serial = 0

    # Access tokens

    def issue(self, account, scope, uses=None):
        token = "ya29." + secrets.token_urlsafe(32)
        with self.lock:
            self.tokens[token] = {"account": account, "scope": scope, "uses": uses}
        return token

    def caller(self, authorization, *scopes):
        """Who sends a request to an API of Google's."""
        refusal = api(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access "
                      "token, login cookie or other valid authentication credential.", "authError")
        kind, _, text = (authorization or "").partition(" ")
        with self.lock:
            token = self.tokens.get(text)
            require(kind == "Bearer" and token, refusal)
            if token["uses"] is not None:
                require(token["uses"] > 0, refusal)
                token["uses"] -= 1
        require(token["scope"] in (*scopes, ALL), api(
            403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", "insufficientPermissions"))
        return token["account"]

    # oauth2.googleapis.com/token

    def oauth_token(self, form, _headers):
        if form.get("grant_type") == JWT_BEARER:
            return self.assertion(form)
        require(form.get("grant_type") == "refresh_token", oauth("Invalid grant_type", "unsupported_grant_type"))
        require(set(form) == {"grant_type", "client_id", "client_secret", "refresh_token"},
                oauth(f"fields: {sorted(form)}", "invalid_request"))
        require((form["client_id"], form["client_secret"]) == (CLIENT, CLIENT_SECRET),
                oauth("The OAuth client was not found.", "invalid_client", 401))
        refusal = LOGINS.get(form["refresh_token"], {"error": "invalid_grant", "error_description": "Bad Request"})
        require(refusal is None, Refusal(400, refusal))
        return {"access_token": self.issue("user", ALL), "expires_in": 3599, "scope": ALL, "token_type": "Bearer"}

    def assertion(self, form):
        require(set(form) == {"grant_type", "assertion"}, oauth(f"fields: {sorted(form)}", "invalid_request"))
        parts = form["assertion"].split(".")
        require(len(parts) == 3 and "=" not in form["assertion"], oauth("Invalid JWT"))
        header, claims = json.loads(decode(parts[0])), json.loads(decode(parts[1]))
        require(header == {"alg": "RS256", "typ": "JWT", "kid": header.get("kid")}, oauth("Invalid JWT header"))
        account = SERVICE_ACCOUNTS.get(claims.get("iss"))
        require(account is not None, oauth("Invalid grant: account not found"))
        now = time.time() + account.get("clock", 0)
        try:
            return self.grant(parts, header, claims, account, now)
        except Refusal as refusal:
            refusal.headers["Date"] = self.date(now)
            raise

    def grant(self, parts, header, claims, account, now):
        purpose = {"scope", "target_audience"} & set(claims)
        require(len(purpose) == 1 and set(claims) == {"iss", "aud", "iat", "exp"} | purpose,
                oauth("Invalid JWT claims"))
        require(claims["aud"] == "https://oauth2.googleapis.com/token", oauth("Invalid JWT: Failed audience check."))
        require(header["kid"] == "account-key-id", oauth("Invalid JWT Signature."))
        require(self.is_signed("account", parts), oauth("Invalid JWT Signature."))
        timely = claims["exp"] - claims["iat"] <= 3600 and claims["iat"] <= now + 300 and claims["exp"] > now
        require(timely, oauth(TIMEFRAME))
        with self.lock:
            faults = self.faults[claims["iss"]]
            fault = faults.pop(0) if faults else None
        require(fault is None, Refusal(fault[0], {"error": "temporarily_unavailable"}, fault[1]) if fault else None)
        if "target_audience" in claims:
            return {"id_token": self.id_token(claims["iss"], claims["target_audience"])}
        require(claims["scope"] in (BIGQUERY, IAM), oauth("Invalid OAuth scope", "invalid_scope"))
        token = self.issue(claims["iss"], claims["scope"], account.get("uses"))
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    # sts.googleapis.com

    def exchange(self, form, headers):
        is_workforce, basic = form.get("audience") == WORKFORCE, headers.get("Authorization")
        fields = {"grant_type", "audience", "scope", "requested_token_type", "subject_token", "subject_token_type"}
        if is_workforce and not basic:
            require(json.loads(form.pop("options", "{}")) == {"userProject": "workforce-project"},
                    oauth("options: no userProject", "invalid_request"))
        require(not basic or basic == self.basic(), oauth("Invalid client", "invalid_client", 401))
        require(set(form) == fields, oauth(f"fields: {sorted(form)}", "invalid_request"))
        require(form["grant_type"] == EXCHANGE and form["requested_token_type"] == ACCESS_TOKEN,
                oauth("grant_type", "unsupported_grant_type"))
        require(form["audience"] in (WORKLOAD, WORKFORCE), oauth("Invalid value for audience", "invalid_target"))
        require(form["subject_token_type"] == SUBJECT_TYPE, oauth("subject_token_type", "invalid_request"))
        require(form["subject_token"] in SUBJECT.values(), oauth("ID Token issued at 1 is stale to sign-in."))
        require(form["scope"] in (BIGQUERY, IAM), oauth("Invalid OAuth scope", "invalid_scope"))
        return {"access_token": self.issue("federated", form["scope"]), "issued_token_type": ACCESS_TOKEN,
                "token_type": "Bearer", "expires_in": 3599}

    def workforce_refresh(self, form, headers):
        require(headers.get("Authorization") == self.basic(), oauth("Invalid client", "invalid_client", 401))
        require(form == {"grant_type": "refresh_token", "refresh_token": "refresh-good"}, oauth("Bad Request"))
        return {"access_token": self.issue("workforce", ALL), "expires_in": 3599, "token_type": "Bearer",
                "refresh_token": "refresh-good"}

    @staticmethod
    def basic():
        return "Basic " + base64.b64encode(b"sts-client:sts-secret").decode()

    # iamcredentials.googleapis.com

    def impersonate(self, target, method, body, headers):
        caller = self.caller(headers.get("Authorization"), IAM)
        permission = "getAccessToken" if method == "generateAccessToken" else "getOpenIdToken"
        require(target == TARGET and caller in ("user", "federated", f"backfill@{DOMAIN}"), api(
            403, "PERMISSION_DENIED",
            f"Permission 'iam.serviceAccounts.{permission}' denied on resource (or it may not exist)."))
        if method == "generateIdToken":
            require(set(body) == {"audience", "includeEmail", "delegates"} and body["includeEmail"] is True,
                    api(400, "INVALID_ARGUMENT", f"fields: {sorted(body)}"))
            return {"token": self.id_token(target, body["audience"])}
        require(set(body) == {"scope", "lifetime", "delegates"} and body["scope"] == [BIGQUERY],
                api(400, "INVALID_ARGUMENT", f"fields: {sorted(body)}"))
        lifetime = int(body["lifetime"].removesuffix("s"))
        require(body["lifetime"].endswith("s") and lifetime <= 3600, api(400, "INVALID_ARGUMENT", "lifetime"))
        end = datetime.fromtimestamp(int(time.time()) + lifetime, timezone.utc)
        return {"accessToken": self.issue(target, BIGQUERY), "expireTime": end.strftime("%Y-%m-%dT%H:%M:%SZ")}

    # ID tokens

    def id_token(self, email, audience):
        now = int(time.time())
        with self.lock:
            self.serial += 1
            claims = {"iss": "https://accounts.google.com", "aud": audience, "email": email, "email_verified": True,
                      "iat": now, "exp": now + 3600, "jti": self.serial}
        message = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        return f"{message}.{encode(self.keys.sign('identity', message.encode()))}"

    def check_id_token(self, authorization, audience):
        """Who posts to a private service."""
        kind, _, token = (authorization or "").partition(" ")
        parts = token.split(".")
        require(kind == "Bearer" and len(parts) == 3 and self.is_signed("identity", parts),
                Refusal(401, {"error": "unauthenticated"}))
        claims = json.loads(decode(parts[1]))
        require(claims["aud"] == audience and claims["exp"] > time.time(), Refusal(401, {"error": "wrong audience"}))
        return claims

    def is_signed(self, key, parts):
        scratch = pathlib.Path(self.keys.state) / f"signature-{secrets.token_hex(8)}"
        return self.keys.verifies(key, ".".join(parts[:2]).encode(), decode(parts[2]), scratch)

    @staticmethod
    def date(now):
        return datetime.fromtimestamp(now, timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")

    # The metadata server

    def metadata(self, path, query, headers):
        refusal = Refusal(403, {"error": "Missing Metadata-Flavor:Google header."})
        require(headers.get("Metadata-Flavor") == "Google", refusal)
        account = "instance/service-accounts/default/"
        if path == "project/project-id":
            return PROJECT
        if path == account + "token":
            require(query.get("scopes") == [BIGQUERY], Refusal(400, {"error": "scopes"}))
            return {"access_token": self.issue("machine", BIGQUERY), "expires_in": 3599, "token_type": "Bearer"}
        require(path == account + "identity" and query.get("format") == ["full"], Refusal(404, {"error": "not found"}))
        return self.id_token(f"machine@{DOMAIN}", query["audience"][0])
