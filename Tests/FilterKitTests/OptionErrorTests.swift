import Testing

@testable import FilterKit

@Suite struct OptionErrorTests {
    @Test(arguments: [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("366d", 366 * 86_400)])
    func `a duration is a number and a unit`(_ text: String, _ seconds: Int64) throws {
        #expect(try Duration(option: text) == .seconds(seconds))
    }

    @Test(arguments: ["", "s", "90", "0s", "-1s", "+1s", "1.5h", "1 h", "1ms", "90S", "367d", "9223372036854775807d"])
    func `anything else is no duration`(_ text: String) {
        #expect(throws: OptionError.notADuration(text)) { try Duration(option: text) }
    }

    @Test(arguments: [("1", 1), ("4096", 4096), ("64KiB", 65_536), ("64MiB", 67_108_864), ("1024GiB", 1 << 40)])
    func `a size is a number of bytes, or one with a unit`(_ text: String, _ bytes: Int) throws {
        #expect(try ByteSize(text) == ByteSize(bytes: bytes))
    }

    @Test(arguments: ["", "0", "-1", "MiB", "64MB", "1.5GiB", "64 MiB", "1025GiB", "99999999999999999999"])
    func `anything else is no size`(_ text: String) {
        #expect(throws: OptionError.notASize(text)) { try ByteSize(text) }
    }
}
