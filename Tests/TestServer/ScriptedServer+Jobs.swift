import Synchronization

extension ScriptedServer {
    /// A server that takes BigQuery's jobs and gives out their results: the nth insertion gets the nth of `insertions`,
    /// the nth request for a result the nth of `results`, and all further ones the last.
    ///
    /// Jobs run in EU, unless an insertion says something else; jobs that are cancelled are; all else is not found.
    public convenience init(
        insertions: [[Step]] = [[.answer(200, #"{"jobReference":{"location":"EU"}}"#)]], results: [[Step]]
    ) {
        let counts = Mutex((insertions: 0, results: 0))
        self.init { request in
            let path = request.target.prefix { $0 != "?" }
            switch request.method {
            case "POST" where path.hasSuffix("/jobs"):
                return counts.withLock { counts in
                    counts.insertions += 1
                    return insertions[min(counts.insertions, insertions.count) - 1]
                }
            case "GET" where path.contains("/queries/"):
                return counts.withLock { counts in
                    counts.results += 1
                    return results[min(counts.results, results.count) - 1]
                }
            case "POST" where path.hasSuffix("/cancel"): return [.answer(200, "{}")]
            default: return [.answer(404, "not scripted")]
            }
        }
    }

    /// The bodies of the jobs that were inserted, in order.
    public var insertedJobs: [[UInt8]] {
        requests.filter { $0.method == "POST" && $0.target.contains("/jobs?") }.map(\.body)
    }
}
