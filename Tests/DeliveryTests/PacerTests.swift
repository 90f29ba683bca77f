import Testing

@testable import Delivery

@Suite struct PacerTests {
    private var pacer: Pacer

    init() throws {
        pacer = Pacer(try Rate("2"))
    }

    @Test mutating func `the first attempt does not wait`() {
        #expect(pacer.delay(at: .seconds(1000)) == .zero)
    }

    @Test mutating func `a stall is not followed by a burst`() {
        #expect(pacer.delay(at: .zero) == .zero)
        #expect(pacer.delay(at: .seconds(60)) == .zero)
        #expect(pacer.delay(at: .seconds(60)) == .milliseconds(500))
    }

    @Test mutating func `attempts that take no time are one interval apart`() {
        var now = Duration.zero
        for _ in 0..<100 { now += pacer.delay(at: now) }
        #expect(now == .milliseconds(99 * 500))
    }

    @Test mutating func `an attempt that takes longer than the interval delays nothing`() {
        #expect(pacer.delay(at: .zero) == .zero)
        #expect(pacer.delay(at: .milliseconds(700)) == .zero)
        #expect(pacer.delay(at: .milliseconds(1400)) == .zero)
    }

    @Test mutating func `a pause holds for whoever comes next, and the rate goes on after it`() {
        _ = pacer.delay(at: .zero)
        pacer.pause(until: .seconds(30))
        #expect(pacer.delay(at: .seconds(1)) == .seconds(29))
        #expect(pacer.delay(at: .seconds(30)) == .milliseconds(500))
    }

    @Test mutating func `a pause never brings a slot forward`() {
        _ = pacer.delay(at: .zero)
        pacer.pause(until: .milliseconds(100))
        #expect(pacer.delay(at: .zero) == .milliseconds(500))
    }

    @Test mutating func `an attempt that leaves a whole interval late moves the ones behind it`() {
        _ = pacer.delay(at: .zero)
        // Stopped between its slot and its leaving: as with SIGSTOP, or a lid that is closed.
        pacer.left(at: .seconds(60))
        #expect(pacer.delay(at: .seconds(60)) == .milliseconds(500))
    }

    @Test mutating func `an attempt that leaves a little late does not slow the rate down`() {
        var now = Duration.zero
        for _ in 0..<100 {
            now += pacer.delay(at: now) + .milliseconds(3)
            pacer.left(at: now)
        }
        #expect(now == .milliseconds(99 * 500 + 3))
    }
}
