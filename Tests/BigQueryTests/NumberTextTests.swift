import Testing

@testable import BigQuery

@Suite struct NumberTextTests {
    @Test(arguments: [
        ("0", "0"), ("-0.0", "-0.0"), ("1.0", "1.0"), ("1.100000000", "1.100000000"), ("1e+300", "1e300"),
        ("1.0E300", "1e300"), ("1.25E-07", "1.25e-7"), ("-5e-324", "-5e-324"), ("1e00", "1e0"), ("0E-10", "0e-10"),
        ("100e2", "100e2"), ("99999999999999999999999999999.999999999", "99999999999999999999999999999.999999999"),
    ])
    func `a number keeps its digits and gets JSON's form`(text: String, json: String) {
        #expect(NumberText(text)?.json == json)
    }

    @Test(arguments: ["", "-", ".5", "5.", "01", "1e", "1e+", "1e5e5", "1.2.3", "0x1", " 1", "1 ", "+1", "nan", "1,5"])
    func `what is no number is none`(text: String) {
        #expect(NumberText(text) == nil)
    }
}
