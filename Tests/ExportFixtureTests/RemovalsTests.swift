import Testing

@testable import export_fixture

@Suite struct RemovalsTests {
    @Test func `a column counts its records, not its values`() {
        var removals = Removals()
        for _ in 0..<3 {
            removals.beginRecord()
            removals.note("a", .unknown)
            removals.note("a", .unknown)
        }
        removals.note("a", .notAnID)
        #expect(removals.findings.map(\.records) == [3, 1])
        #expect(removals.hasMisfits)
    }

    @Test func `a stream with a new key on each line names a hundred of them`() {
        var removals = Removals()
        for record in 0..<1000 {
            removals.beginRecord()
            removals.note("key \(record)", .unknown)
            removals.note("other \(record)", .unknown)
        }
        #expect(removals.messages.count == 101)
        #expect(removals.messages.last == "other columns: too many to be named: removed from 950 records")
    }

    @Test func `a long name is cut`() {
        var removals = Removals()
        removals.note(String(repeating: "k", count: 100_000), .unknown)
        #expect(removals.findings[0].path == String(repeating: "k", count: 80) + "…")
    }
}
