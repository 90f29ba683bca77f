# The head of the page that `backfill-activities --dry-run` prints.
# In: $jobs (what bq-missing reported), $plan (what replay would do), and what the script alone knows.
def plural($n; $one; $many): "\($n) \(if $n == 1 then $one else $many end)";
def calls($n): if $plan.cost_per_event then "\($n * $plan.cost_per_event) calls" else plural($n; "request"; "requests") end;
def seconds: sub("\\.[0-9]+Z$"; "Z");
$jobs[0] as $job
| "\($environment): what a backfill would do, and nothing was sent",
  "",
  "source        \($job.source)",
  "target        \($job.target // "not compared: everything")",
  "interval      \(if $job.from then "from \($job.from)" else "from the beginning" end)"
      + "\(if $job.to then ", before \($job.to)" else ", to the end" end), in UTC",
  "dispatcher    \($plan.url)",
  "subscription  \(if $subscription == "" then "none: there is no event" else $subscription end)",
  "state         \($state)",
  "asked         \($job.as_of // "at an unknown time"): "
      + (if $job.bytes_billed then "\($job.bytes_billed / 1048576 | ceil) MiB billed, \($job.cost) USD at the list price"
         else "this server does not say what it bills" end),
  "              kept for the real run; --restart asks anew",
  "",
  "missing       \(plural($job.rows; "activity"; "activities"))"
      + (if ($job.exclude | length) == 0 then ""
         elif $job.excluded_rows then "; \($job.excluded_rows) more are known as deleted, and left out"
         else "; --limit cut the list before those that are known as deleted" end),
  (if $plan.read < $job.rows then "no event      \($job.rows - $plan.read) of them: no owner, no start, or no row" else empty end),
  "to send       \(plural($plan.to_send; "request"; "requests"))"
      + (if $plan.calls then ", \(calls($plan.to_send))" else "" end)
      + "; \($plan.already_settled) settled already, \($plan.gone) gone, \($plan.rejected) rejected",
  "ignored       \($ignored) of them" + (if $ignored > 0 then ": \(calls($ignored)) in all" else "" end)
      + "; of all types the aggregator knows",
  "              only \($types | gsub(","; " and "))",
  "time          " + (if $plan.first then "first \($plan.first | seconds), last \($plan.last // "beyond the calendar" | seconds)" else "nothing to do" end),
  (if $delivered > 0 then "to look up    \(plural($delivered; "delivered event"; "delivered events")), with --verify" else empty end)
