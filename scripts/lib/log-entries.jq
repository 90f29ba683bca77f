# Cloud Logging's entries, with numbers as strings, reduced to what a person looks for; ids: those of $wanted in it.
(reduce ($wanted | split("\n")[] | split("\t")[1:3][] | select(. != "")) as $id ({}; .[$id] = true)) as $known
| [inputs[]] | unique_by([.timestamp, .insertId])[]
# A time is full of small numbers. Of a word as "activity-42" the number too, but not the digits within a correlation id.
| ([del(.timestamp, .receiveTimestamp) | .. | strings
    | scan("[A-Za-z0-9-]+"), (scan("(?<![A-Za-z0-9-])[A-Za-z]+-([0-9]+)(?![A-Za-z0-9-])")[0])
    | select($known[.])] | unique) as $ids
| select($ids != [])
| {
    time: .timestamp,
    severity: (.severity // "DEFAULT"),
    service: (.resource.labels | .service_name // .function_name // .job_name),
    correlation_id: ([$ids[] | select(test("[^0-9]"))][0]
        // ([.jsonPayload?, .labels] | map(objects | .correlation_id // .correlationId // empty)[0])),
    activity_id: [$ids[] | select(test("^[0-9]+$"))][0],
    message: (.textPayload // (.jsonPayload | objects | .message // .msg // .error)
        # What an address asks for may be secret.
        // (.httpRequest | objects | "\(.requestMethod) \(.requestUrl // "" | sub("[?].*"; "")) \(.status)")),
    ids: $ids
  }
