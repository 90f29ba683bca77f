"""The parts that make an activity large: laps, splits, segment efforts, the map, photos."""

# The emulator cannot create a nested field named `primary`, which photos and gear have at Strava.
PRIMARY = "primary_"

CITIES = [("Zürich", "Zürich", "Switzerland", 47.37, 8.54), ("New York", "New York", "United States", 40.78, -73.97)]


def polyline(dice, points):
    """Letters of Google's encoded polylines, backslashes and backticks among them; they lead nowhere."""
    return "".join(chr(dice.between(63, 126)) for _ in range(points * 4))


def effort(dice, title):
    """What segment efforts and laps share: whose they are, and when and how long."""
    elapsed = dice.between(60, 1800)
    return {
        "id": dice.between(3_000_000_000_000_000_000, 3_300_000_000_000_000_000),   # Strava's are beyond 2^53 too
        "resource_state": 2, "name": title,
        "activity": {"id": "<id>", "resource_state": 1}, "athlete": {"id": "<athlete>", "resource_state": 1},
        "elapsed_time": elapsed, "moving_time": elapsed - dice.below(30),
        "start_date": "<start>", "start_date_local": "<local>", "distance": dice.tenths(300, 9000),
        "start_index": dice.below(500), "end_index": dice.between(500, 3000),
    }


def segment_effort(dice, sport_type):
    city, state, country, north, east = dice.choice(CITIES)
    title = dice.choice(["Bridge sprint", "Côte du Moulin", "Lake \"loop\"", "Hill 100%", "北坡"])
    return effort(dice, title) | {
        "average_cadence": dice.tenths(60, 95), "device_watts": False, "average_watts": dice.tenths(120, 320),
        "segment": {
            "id": dice.between(100_000, 40_000_000), "resource_state": 2, "name": title, "activity_type": sport_type,
            "distance": dice.tenths(300, 9000),
            "average_grade": dice.tenths(-5, 9), "maximum_grade": dice.tenths(9, 20),
            "elevation_high": dice.tenths(400, 900), "elevation_low": dice.tenths(100, 400),
            "start_latlng": [north, east], "end_latlng": [north + 0.01, east + 0.01], "climb_category": dice.below(5),
            "city": city, "state": state, "country": country, "private": False, "hazardous": False, "starred": False},
        "kom_rank": None, "pr_rank": dice.choice([None, 1, 2, 3]), "hidden": False}


def lap(dice, number):
    return effort(dice, f"Lap {number}") | {
        "total_elevation_gain": dice.tenths(0, 200),
        "average_speed": dice.tenths(2, 11), "max_speed": dice.tenths(11, 20),
        "average_cadence": dice.tenths(60, 95), "device_watts": False, "average_watts": dice.tenths(120, 320),
        "lap_index": number, "split": number}


def split(dice, number):
    seconds = dice.between(110, 420)
    return {"distance": dice.tenths(990, 1010), "elapsed_time": seconds, "elevation_difference": dice.tenths(-30, 30),
            "moving_time": seconds, "split": number, "average_speed": dice.tenths(2, 9), "pace_zone": dice.below(6)}


def nested(dice, sport_type, outdoors, size):
    """The parts that make a row large; `size` 0 is an activity typed in by hand, which has none of them."""
    efforts = [segment_effort(dice, sport_type) for _ in range(size)] if outdoors else []
    track = {"id": "a<id>", "polyline": polyline(dice, size * 40), "resource_state": 3,
             "summary_polyline": polyline(dice, size * 10)}
    photo = {"id": None, "media_type": 1, "source": 1, "unique_id": "p<id>",
             "urls": {"100": "https://photos.example/100.jpg", "600": "https://photos.example/600.jpg"}}
    gear = {"id": "b12345", PRIMARY: True, "name": "Bike \\ shoe", "resource_state": 2, "distance": 12345.6}
    return {
        "map": track if size and outdoors else None,
        "photos": {PRIMARY: photo if size > 2 else None, "count": int(size > 2)},
        "gear": gear if size else None,
        "segment_efforts": efforts,
        "splits_metric": [split(dice, number + 1) for number in range(size * 2)],
        "splits_standard": [split(dice, number + 1) for number in range(size)],
        "laps": [lap(dice, number + 1) for number in range(size)],
        "best_efforts": efforts[:1] if sport_type == "Run" else [],
    }
