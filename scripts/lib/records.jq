# Lines with an activity, as the filters write them and with numbers as strings, as columns: number of the line,
# correlation id, activity id, day in UTC, athlete; what a line does not have, or not in its form, is empty.
def form($regex): strings | select(test($regex)) // "";

input_line_number as $number
| select(test("[^[:space:]]"))
| (try fromjson catch {})
| (.event? // .) as $activity
| [
    ($number | tostring),
    ((.correlation_id? | form("^[A-Za-z0-9-]{1,64}$")) // ""),
    (($activity.object_id? // $activity.id? | form("^[1-9][0-9]{0,18}$")) // ""),
    (($activity.start_date? // $activity.event_time? | strings
        | if test("^[0-9]{1,12}$") then tonumber | todate else . end
        | select(test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z$"))[:10]) // ""),
    (($activity.owner_id? // $activity.athlete_id? // $activity.athlete?.id? | form("^[0-9]{1,19}$")) // "")
  ]
| join("\t")
