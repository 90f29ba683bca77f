import TestSupport
import Testing

@testable import FilterKit

@Suite struct ExitStatusTests {
    @Test(arguments: try ManualPage.all)
    func `each page tells all statuses, and no other`(name: String) throws {
        let statuses = ExitStatus.allCases.map { "\($0.rawValue)" } + ["128+n"]
        #expect(try ManualPage(name).items(of: "EXIT STATUS") == statuses)
    }
}
