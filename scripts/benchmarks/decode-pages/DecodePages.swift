import BigQuery
import Foundation
import NDJSON

/// Decodes files of pages as bq-fetch does, round after round, and prints the median of a round's seconds: from the bytes
/// of each answer to lines that are written to /dev/null, and nothing else. Files are in memory before.
@main
struct DecodePages {
    private static let rounds = 11
    /// Behind backfill_position and backfill_found.
    private static let firstRowColumn = 2

    static func main() throws {
        let files = try CommandLine.arguments.dropFirst().map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
        let null = open("/dev/null", O_WRONLY)
        var writer = LineWriter(descriptor: null)
        var seconds: [Double] = []
        for _ in 0..<rounds {
            var round = Duration.zero
            for file in files {
                // As the transport hands it over: the caller's own, with room behind it.
                var body: [UInt8] = []
                body.reserveCapacity(file.count + 64)
                body += file
                let begun = ContinuousClock.now
                var page = try Page(consume body)
                let decoder = try RowDecoder(page.schema ?? Schema([]), from: firstRowColumn)
                while let row = try page.next(decoder) { try writer.write(row.record) }
                round += begun.duration(to: .now)
            }
            seconds.append(round / .seconds(1))
        }
        try writer.flush()
        print(seconds.sorted()[rounds / 2])
    }
}
