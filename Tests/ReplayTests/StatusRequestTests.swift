import Foundation
import Glibc
import TestServer
import TestSupport
import Testing

/// USR1 asks how far a run is.
@Suite struct StatusRequestTests {
    private let folder: TemporaryFolder
    private let events = (1...3).map {
        #"{"object_type":"activity","object_id":\#($0),"aspect_type":"create","owner_id":7,"updates":{}}"#
    }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Types `line`, in which `ask` sends USR1 to the run and waits for one more line of its messages.
    private func type(_ line: String) throws -> Run {
        try Run(
            shell: """
                set -m; : >messages; : >results
                ask() {
                    local before try; before=$(wc -l <messages)
                    kill -USR1 $run
                    for ((try = 0; try < 2000; try++)); do
                        (($(wc -l <messages) == before)) || return 0
                        sleep 0.01
                    done
                    kill -KILL $run; exit 99
                }
                until_results() { until (($(wc -l <results) == $1)); do sleep 0.01; done; }
                \(line)
                """, environment: ["EVENTS": events.joined(separator: "\n")], in: folder.url)
    }

    private var messages: [Substring] {
        get throws {
            try String(contentsOf: folder.url.appendingPathComponent("messages"), encoding: .utf8).split(
                separator: "\n")
        }
    }

    @Test func `it is answered in the middle of a long wait, as often as it comes, and the wait goes on`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let run = try type(
            """
            replay --url \(server.url()) --rate-limit 1/1h --quiet <<<"$EVENTS" >results 2>messages & run=$!
            until_results 1; for i in {1..50}; do ask; done
            kill -TERM $run; wait $run
            """)
        #expect(run.status == 128 + SIGTERM)
        let lines = try messages
        #expect(lines.count == 50)
        #expect(lines.allSatisfy { $0.hasPrefix("replay: 1 read, ") }, "\(lines.prefix(2))")
        #expect(server.requests.count == 1)
    }

    @Test func `it is answered while the input, or an answer, is awaited, and disturbs neither`() throws {
        let file = folder.url.appendingPathComponent("asked").path
        let answered = folder.url.appendingPathComponent("answered").path
        let server = ScriptedServer { _ in
            close(creat(file, 0o600))
            for _ in 1...6000 where access(answered, F_OK) != 0 { usleep(10_000) }
            return [.answer(201)]
        }
        let run = try type(
            """
            mkfifo input; exec 8<>input
            replay --url \(server.url()) <input >results 2>messages 8>&- & run=$!
            head -n 1 <<<"$EVENTS" >&8
            until [[ -e asked ]]; do sleep 0.01; done
            ask; : >answered
            until_results 1; ask; ask
            exec 8>&-; wait $run
            """)
        #expect(run.status == 0)
        let lines = try messages
        #expect(lines.count == 4, "\(lines)")
        #expect(lines.first?.hasPrefix("replay: 0 read, 0.0/s, 0 failed") == true)
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("replay: 1 read, 0.0/s, 0 failed") })
        #expect(server.requests.count == 1)
    }

    @Test func `one that the parent ignores stays ignored`() throws {
        let server = ScriptedServer { _ in [.answer(201)] }
        let run = try type(
            """
            trap '' USR1
            replay --url \(server.url()) --rate-limit 1/1h --quiet <<<"$EVENTS" >results 2>messages & run=$!
            until_results 1; kill -USR1 $run; kill -TERM $run; wait $run
            """)
        #expect(run.status == 128 + SIGTERM)
        #expect(try messages.isEmpty)
    }
}
