import Foundation
import Glibc
import TestSupport
import Testing

/// What signals do to a filter that does not ask for them.
@Suite struct SignalTests {
    @Test(arguments: ["to-webhook --subscription-id 1", "export-fixture --output fixture.json"])
    func `USR1 ends a filter that has no answer to it`(filter: String) throws {
        let folder = try TemporaryFolder()
        let run = try Run(
            shell: """
                set -m; mkfifo input; exec 8<>input
                \(filter) <input 8>&- & run=$!
                until [[ $(readlink /proc/$run/exe) == */${filter%% *} ]]; do sleep 0.01; done
                kill -USR1 $run; wait $run
                """, environment: ["filter": filter], in: folder.url)
        #expect(run.status == 128 + SIGUSR1)
    }
}
