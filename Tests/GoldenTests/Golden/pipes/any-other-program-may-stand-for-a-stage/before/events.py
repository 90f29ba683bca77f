"""Stands for to-webhook: ten lines that know what an event is."""
import json
import sys
from datetime import datetime

for line in sys.stdin:
    row = json.loads(line)
    event = {"object_type": "activity", "object_id": row["id"], "aspect_type": "create",
             "owner_id": row["athlete"]["id"], "subscription_id": 12345,
             "event_time": int(datetime.fromisoformat(row["start_date"]).timestamp()), "updates": {}}
    print(json.dumps(event, separators=(",", ":")))
