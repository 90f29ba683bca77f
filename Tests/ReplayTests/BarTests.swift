import Foundation
import TestServer
import TestSupport
import Testing

/// The bar at the bottom of a terminal, seen through one: script(1) makes it, and records all that is written to it.
@Suite struct BarTests {
    private static let erase = "\r\u{1B}[K"

    private let folder: TemporaryFolder
    private let server = ScriptedServer { _ in [.answer(201)] }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What a terminal of 300 columns gets when the run has written `redirection` elsewhere.
    private func terminal(_ redirection: String = "", environment: [String: String] = [:]) throws -> String {
        let events = (1...4).map {
            #"{"object_type":"activity","object_id":\#($0),"aspect_type":"create","owner_id":7,"updates":{}}"#
        }
        try Data(events.joined(separator: "\n").utf8).write(to: folder.url.appendingPathComponent("events"))
        let run = try Run(
            shell: """
                script -qec 'stty cols 300 2>&1; replay --url \(server.url()) --rate-limit 8 <events \(redirection)' /dev/null
                """, environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }, in: folder.url)
        #expect(run.status == 0, "\(run.words)")
        return String(decoding: run.output, as: UTF8.self).replacing("\r\n", with: "\n")
    }

    /// The lines that stay on a screen, and how often one was erased with something on it.
    private func screen(_ text: String) -> (lines: [String], bars: Int) {
        var lines = [""]
        var bars = 0
        var rest = text[...]
        while let character = rest.first {
            if rest.hasPrefix(BarTests.erase) {
                if lines[lines.count - 1].contains("/s") { bars += 1 }
                lines[lines.count - 1] = ""
                rest = rest.dropFirst(BarTests.erase.count)
                continue
            }
            if character == "\n" { lines.append("") } else { lines[lines.count - 1].append(character) }
            rest = rest.dropFirst()
        }
        return (lines, bars)
    }

    @Test func `results and bar share a terminal, and every result is whole`() throws {
        let (lines, bars) = screen(try terminal())
        #expect(bars >= 3)
        #expect(lines.count == 6, "\(lines)")
        for line in lines.prefix(4) {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
        #expect(lines.dropFirst(4).first?.contains("4 read: 4 delivered") == true)
        #expect(lines.last == "")
    }

    @Test func `without results on it the terminal shows the bar, and at the end the summary alone`() throws {
        let (lines, bars) = screen(try terminal(">results"))
        #expect(bars >= 3)
        #expect(lines.count == 2, "\(lines)")
    }

    @Test(arguments: [("", ["NO_COLOR": "1"]), ("", ["TERM": "dumb"]), ("2>messages", [:])])
    func `there is no bar where nobody could see it, or wants to`(
        redirection: String, environment: [String: String]
    ) throws {
        #expect(!(try terminal(redirection, environment: environment)).contains(BarTests.erase))
    }
}
