# to-webhook's job. (jq before 1.7 rounds ids above 2^53.)
{object_type: "activity", object_id: .id, aspect_type: "create", owner_id: (.athlete.id // .athlete_id),
 subscription_id: 12345, event_time: (.start_date | fromdate), updates: {}}
