import Testing

@testable import FilterKit

@Suite struct PulseTests {
    @Test func `a pulse beats once a minute, and after a stall once`() {
        var pulse = Pulse(from: .seconds(5))
        let beats = [64, 65, 66, 600, 659].map { pulse.beats(at: .seconds($0)) }
        #expect(beats == [false, true, false, true, false])
    }
}
