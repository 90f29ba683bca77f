"""The dispatcher's rules: which requests it takes, and with what it answers the others."""

import json
import uuid

REQUIRED = ["object_id", "owner_id", "subscription_id", "event_time"]
INT64 = range(-2**63, 2**63)


class Refusal(Exception):
    """An answer other than 201."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def parse(body, environment):
    """The event in `body`, or a Refusal.

    Zero counts as missing: Go's decoder, which the real one uses, cannot tell them apart.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"invalid JSON: {error}") from None
    if not isinstance(event, dict):
        raise Refusal(400, "not an object")
    for name in REQUIRED:
        value = event.get(name)
        if type(value) is not int or value == 0 or value not in INT64:      # bool is an int to isinstance
            raise Refusal(400, f"{name}: missing, zero or not an integer")
    if event["subscription_id"] != environment.subscription_id:
        raise Refusal(401, "subscription_id: not ours")
    return event


def fate(event):
    """What becomes of an event that was acknowledged: the name of a count, or None when it is to land."""
    if event.get("object_type") != "activity" or event.get("aspect_type") not in ("create", "update"):
        return "ignored"
    if not isinstance(event.get("updates"), dict):
        return "dropped_updates"        # as the real one does: acknowledged, then lost in silence
    return None


def acknowledgement():
    return {"correlation_id": str(uuid.uuid4())}


def handshake(query, verify_token):
    """The answer to Strava's validation of a new subscription: its challenge, for who knows the token."""
    expected = {"hub.mode": ["subscribe"], "hub.verify_token": [verify_token]}
    if any(query.get(name) != value for name, value in expected.items()) or "hub.challenge" not in query:
        raise Refusal(403, "not a subscription of ours")
    return {"hub.challenge": query["hub.challenge"][0]}
