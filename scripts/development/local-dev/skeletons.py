"""Whole activities as JSON text with holes, made once and filled for each row.

A row has some 300 values, most of them deep in laps, splits and segment efforts. Making them anew
for each row would take longer than the benchmark that reads them, so a few dozen skeletons are
serialised beforehand and a row is one `%` substitution. A hole is written `<name>`.
"""

import json
import re

from nested import CITIES, nested

# sport_type: type, metres per second, longest in km, outdoors, how often
SPORTS = {
    "Ride": ("Ride", 7.5, 160, True, 7), "VirtualRide": ("VirtualRide", 9.0, 60, False, 3),
    "GravelRide": ("Ride", 6.0, 110, True, 2), "Run": ("Run", 3.0, 42, True, 5), "Hike": ("Hike", 1.2, 25, True, 2),
    "Walk": ("Walk", 1.4, 12, True, 2), "Swim": ("Swim", 0.9, 4, False, 1),
}


def template(activity):
    """Text for the `%` operator: a hole that is a whole string loses its quotes, since its value brings its own."""
    text = json.dumps(activity, ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
    text = re.sub(r'"<(\w+)>"', r"%(\1)s", text)
    return re.sub(r"<(\w+)>", r"%(\1)s", text)


def skeleton(dice, sport_type, size):
    """An activity of this sport with holes for what differs in each row."""
    kind, speed, _, outdoors, _ = SPORTS[sport_type]
    _, _, _, north, east = dice.choice(CITIES)
    powered, heart = kind.endswith("Ride") and size > 1, size > 0
    activity = {
        "id": "<id>", "external_id": "garmin_<id>.fit" if size else None, "upload_id": "<id>" if size else None,
        "athlete": {"id": "<athlete>", "resource_state": 1}, "name": "<name>", "distance": "<distance>",
        "moving_time": "<moving>", "elapsed_time": "<elapsed>", "total_elevation_gain": "<gain>",
        "elev_high": dice.tenths(400, 2500) if size else None, "elev_low": dice.tenths(0, 400) if size else None,
        "type": kind, "sport_type": sport_type,
        "start_date": "<start>", "start_date_local": "<local>", "timezone": "<timezone>",
        "start_latlng": [north, east], "end_latlng": [north + 0.0125, east - 0.0125],
        "achievement_count": size, "kudos_count": "<kudos>", "comment_count": dice.below(4), "athlete_count": 1,
        "photo_count": 0, "total_photo_count": int(size > 2),
        "trainer": not outdoors, "commute": dice.below(5) == 0, "manual": size == 0, "private": False, "flagged": False,
        "workout_type": None, "upload_id_str": "<upload>" if size else None,
        "average_speed": speed, "max_speed": speed * 2, "has_kudoed": False, "hide_from_home": False,
        "gear_id": "b12345" if size else None, "kilojoules": "<kilojoules>" if powered else None,
        "average_watts": dice.tenths(120, 260) if powered else None, "device_watts": powered,
        "max_watts": dice.between(400, 1100) if powered else None,
        "weighted_average_watts": dice.between(150, 280) if powered else None, "description": "<description>",
        "calories": dice.tenths(100, 2500), "device_name": "Garmin Edge 540" if size else None, "embed_token": None,
        "average_cadence": dice.tenths(60, 95) if size else None, "has_heartrate": heart, "pr_count": size // 2,
        "suffer_score": dice.tenths(1, 250) if heart else None,
        "stats_visibility": [{"type": "heart_rate", "visibility": "everyone"}] if size else [],
        "display_hide_heartrate_option": heart, "heartrate_opt_out": False,
        "average_heartrate": dice.tenths(95, 165) if heart else None,
        "max_heartrate": dice.tenths(165, 195) if heart else None,
        "available_zones": ["heartrate"] if heart else [], "visibility": "everyone",
    }
    if not outdoors:
        activity["start_latlng"] = activity["end_latlng"] = []
    elif size == 0:
        del activity["start_latlng"], activity["end_latlng"]
    return template(activity | nested(dice, sport_type, outdoors, size))
