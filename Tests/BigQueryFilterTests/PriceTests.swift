import Testing

@testable import BigQueryFilter

@Suite struct PriceTests {
    @Test(arguments: [("6.25", "6.25"), ("7", "7"), ("0.000001", "0.000001"), ("0", "0"), ("999999.50", "999999.5")])
    func `a price is a decimal number`(text: String, shown: String) throws {
        #expect(try Price(text).description == shown)
    }

    @Test(arguments: ["", ".", "6.", ".5", "-1", "6,25", "1e3", "0.0000001", "1000000", "6.2.5", "６"])
    func `anything else is none`(text: String) {
        #expect(throws: PriceError(text: text)) { try Price(text) }
    }

    @Test func `what is billed is rounded up to a ten-thousandth`() {
        #expect(Price.list.text(forBytes: 0) == "0.0000")
        #expect(Price.list.text(forBytes: 1) == "0.0001")
        #expect(Price.list.text(forBytes: 20 << 20) == "0.0002")
        #expect(Price.list.text(forBytes: 1 << 40) == "6.2500")
        #expect(Price.list.text(forBytes: 1 << 50) == "6400.0000")
    }

    @Test func `a price beyond all tables does not trap`() throws {
        #expect(try !Price("999999.999999").text(forBytes: .max).isEmpty)
    }
}
