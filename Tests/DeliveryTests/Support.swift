import Foundation
import Glibc
import NDJSON
import TestSupport

@testable import Delivery

/// A webhook event with that id.
func event(_ id: Int, aspect: String = "create", time: Int = 1_700_000_000) -> String {
    #"{"object_type":"activity","object_id":\#(id),"aspect_type":"\#(aspect)","owner_id":7,"#
        + #""subscription_id":9,"event_time":\#(time),"updates":{}}"#
}

/// So many seconds since 1970.
func moment(_ unixSeconds: Int64) -> Timestamp {
    guard let moment = Timestamp(unixSeconds: unixSeconds) else { preconditionFailure("beyond the year 9999") }
    return moment
}

/// A moment in RFC 3339.
func instant(_ text: String) -> Timestamp {
    guard let instant = Timestamp(text: text.utf8) else { preconditionFailure("not a moment: \(text)") }
    return instant
}

/// The lines of a text, as a run reads them.
func lineReader(_ text: String) -> LineReader {
    LineReader(descriptor: file(text), maximumLineBytes: 1 << 20)
}

/// An unnamed file with `text` in it, at its beginning. Tests end soon, so nobody closes it.
private func file(_ text: String) -> Int32 {
    var name = Array("/tmp/delivery-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    precondition(descriptor >= 0 && unlink(name) == 0, "cannot make a temporary file")
    let bytes = Array(text.utf8)
    precondition(write(descriptor, bytes, bytes.count) == bytes.count && lseek(descriptor, 0, SEEK_SET) == 0)
    return descriptor
}

/// Hands the events of `text` to `body`, each while its line is readable.
func withEvents(_ text: String, _ rule: IdentityRule = .webhook, _ body: (Event) throws -> Void) throws {
    var lines = lineReader(text)
    var events = EventReader(rule)
    while case .line(let line) = try lines.next() { try body(events.event(line)) }
}

extension String {
    var fileContents: String { (try? String(contentsOfFile: self, encoding: .utf8)) ?? "" }
}
