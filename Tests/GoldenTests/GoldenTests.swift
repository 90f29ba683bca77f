import Testing

@Suite struct GoldenTests {
    @Test(arguments: GoldenCase.all)
    func `what comes out is, byte for byte, what the folder says`(_ golden: GoldenCase) throws {
        let differences = try golden.differences()
        let words = differences.map(\.description).joined(separator: "\n")
        #expect(differences.isEmpty, "\(golden.testDescription): \(words)")
    }

    @Test func `every filter has a case`() {
        let filters = Set(GoldenCase.all.map { $0.testDescription.split(separator: "/")[0] })
        #expect(filters.isSuperset(of: ["bq-missing", "bq-fetch", "to-webhook", "replay", "export-fixture"]))
    }
}
