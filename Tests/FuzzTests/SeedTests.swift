import Foundation
import FuzzProperties
import TestSupport
import Testing

@Suite struct SeedTests {
    /// The seeds of `scripts/fuzz`: what it found once is among them.
    private static func seeds(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = Run.clone.appendingPathComponent("Tests/Fuzz/Corpus/\(target)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every seed of the fuzzer keeps what is promised`(_ target: FuzzTarget) throws {
        let seeds = try SeedTests.seeds(target)
        try #require(!seeds.isEmpty)
        for (name, bytes) in seeds {
            do { try target.check(bytes) } catch { Issue.record("Corpus/\(target)/\(name): \(error)") }
        }
    }

    @Test func `the fuzzer knows each outcome that a journal can have`() throws {
        func text(_ path: String) throws -> String {
            try String(contentsOf: Run.clone.appendingPathComponent(path), encoding: .utf8)
        }
        let outcomes = try text("Sources/Delivery/Journal.swift").matches(
            of: /^\/\/ .*"outcome":"(\w+)"/.anchorsMatchLineEndings())
        try #require(outcomes.count >= 7)
        let seed = try text("Tests/Fuzz/Corpus/journal/every-record")
        let dictionary = try text("Tests/Fuzz/Dictionaries/journal.dict")
        for outcome in outcomes.map(\.1) {
            #expect(seed.contains(#""outcome":"\#(outcome)""#))
            #expect(dictionary.contains(#"\"outcome\":\"\#(outcome)\""#))
        }
    }

    @Test(arguments: FuzzTarget.allCases, 1...8)
    func `seeds changed at random keep what is promised`(_ target: FuzzTarget, _ seed: Int) throws {
        let seeds = try SeedTests.seeds(target).map(\.bytes)
        var mutator = Mutator(seeds: seeds, random: SeededGenerator(seed: seed))
        for number in 1...100 {
            let bytes = mutator.next()
            do { try target.check(bytes) } catch {
                Issue.record("mutation \(number): \(error): \(Data(bytes).base64EncodedString())")
            }
        }
    }
}
