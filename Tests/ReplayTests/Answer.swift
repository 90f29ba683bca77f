import Foundation
import TestServer
import Testing

/// Something that can come instead of an answer, or as one, and how a test brings it about.
struct Answer: CustomTestStringConvertible, Sendable {
    enum Place: Sendable {
        case server, tls, nobody, silence
        case elsewhere(String)
    }

    var testDescription: String
    /// What the server does with the request.
    var steps: [Step] = []
    /// What it says before it has heard of a request.
    var greeting: [Step]?
    var place = Place.server
    var isProxy = false
    /// In the file of headers.
    var header = "X-Test: 1"
    var signal: String?
    /// Whether the request leaves.
    var isSent = true
    /// How long an attempt may take.
    var patience = "1s"

    /// Those that other rows have by their numbers, and some that none has: one that a row loses is an `other`.
    private static let telling = [400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 422, 425, 429, 451, 499]

    /// Those that the first cell of a row names, in words that only this test has to understand.
    static func all(in cell: String, named: Set<Int>) -> [Answer] {
        let parts = cell.components(separatedBy: ", ")
        let isPostponed = parts.last == "Retry-After above 15m"
        let isProxy = cell.contains("a proxy with ")
        return parts.filter { $0 != "Retry-After above 15m" }.flatMap { part -> [Answer] in
            switch part {
            case "2xx": return [200, 201, 204, 299].map { status($0) }
            case "3xx": return [300, 301, 304, 308].map { status($0, ["Location: /elsewhere"]) }
            case "5xx": return [500, 501, 503, 599].map { status($0, pause(isPostponed)) }
            case "other 4xx": return telling.filter { !named.contains($0) }.map { status($0) }
            case "no address":
                return [Answer(testDescription: part, place: .elsewhere("http://nowhere.invalid/"), isSent: false)]
            case "no connection":
                return [
                    Answer(testDescription: "refused", place: .nobody, isSent: false),
                    Answer(testDescription: "silent", place: .silence, isSent: false),
                ]
            case "sent":
                return BrokenAnswer.beforeHeadersEnd.map {
                    Answer(testDescription: $0.testDescription, steps: $0.steps)
                }
            // The other half of the words before it.
            case "no whole head of an answer": return []
            case "TLS":
                let greeting: [Step] = [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close]
                return [Answer(testDescription: part, greeting: greeting, place: .tls, isSent: false)]
            case "no request can be made": return [Answer(testDescription: part, header: "Content-Length: 5")]
            case "a signal before the answer":
                return ["INT", "TERM", "HUP"].map {
                    Answer(testDescription: $0, steps: [.hold], signal: $0, patience: "30s")
                } + [
                    Answer(
                        testDescription: "TERM, connecting", place: .silence, signal: "TERM", isSent: false,
                        patience: "30s")
                ]
            default:
                guard let number = Int(part.suffix(3)), part.count == 3 || part.hasPrefix("a proxy with ") else {
                    return [Answer(testDescription: "\(part): no test")]
                }
                guard isProxy else { return [status(number, pause(isPostponed))] }
                return [
                    Answer(
                        testDescription: "proxy \(number)", steps: [.answer(number)],
                        place: .elsewhere("https://dispatcher.example.com/"), isProxy: true, isSent: false)
                ]
            }
        }
    }

    private static func status(_ number: Int, _ headers: [String] = []) -> Answer {
        Answer(
            testDescription: "\(number)\(headers.map { ", \($0)" }.joined())",
            steps: [.answer(number, headers: headers)])
    }

    private static func pause(_ isLong: Bool) -> [String] { isLong ? ["Retry-After: 901"] : [] }
}
