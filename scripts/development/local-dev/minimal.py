"""The row that the new system keeps of an activity."""

RENAMED = {
    "distance_meters": "distance", "moving_time_seconds": "moving_time", "elapsed_time_seconds": "elapsed_time",
    "total_elevation_gain_meters": "total_elevation_gain", "activity_type": "type",
    "average_speed_ms": "average_speed", "max_speed_ms": "max_speed",
}
KEPT = ["id", "external_id", "upload_id", "name", "sport_type", "start_date", "start_date_local", "timezone",
        "average_watts", "kilojoules", "has_heartrate", "average_heartrate", "max_heartrate"]


def minimal_row(activity, now):
    """The row of `activity` in activities_minimal, made at `now` (RFC 3339)."""
    row = {name: activity[name] for name in KEPT}
    row.update({new: activity[old] for new, old in RENAMED.items()})
    row.update(athlete_id=activity["athlete"]["id"], created_at=now, updated_at=now)
    return row
