import FuzzProperties
import TestSupport
import Testing

@testable import NDJSON

/// Valid documents with one byte changed, compared with the plain parser: the verdict, the flaw and the column.
@Suite struct CorpusMutationTests {
    /// Together they have each production of the grammar; short, because each byte of them is changed into each other.
    static let documents = [
        #"{"a":{"b":[1,-20.5E+3]},"id":0.1e-2}"#,
        #"{"a":[true,false,null,{},[]],"x":""}"#,
        #" { "id" : 9 , "a" : { } , "x" : [ ] } "#,
        #"{"\u0061":"\ud83d\udeb4\n\"\\","i\/":1}"#,
        #"{"é":"€🚴","a":[{"x":"y"}]}"#,
        #"{"a":{"b":12345678,"c":0.5,"d":1,"e":-0,"f":1234567.8}}"#,
    ]

    @Test(arguments: documents)
    func `every proper prefix is refused`(_ document: String) {
        let document = Array(document.utf8)
        let end = document.lastIndex(of: UInt8(ascii: "}")) ?? 0
        for length in 0...end {
            #expect(ReferenceJSON.flaw(in: Array(document[..<length])) != nil)
            expectSameVerdict(Array(document[..<length]), "\(length) bytes")
        }
        expectSameVerdict(document, "all")
    }

    @Test(arguments: documents)
    func `with any byte replaced by any other it is judged as the grammar says`(_ document: String) {
        var document = Array(document.utf8)
        for place in document.indices {
            let byte = document[place]
            for other in UInt8.min ... .max where other != byte {
                document[place] = other
                expectSameVerdict(document, "byte \(other) at \(place)")
            }
            document[place] = byte
        }
    }

    @Test(arguments: documents)
    func `with any byte inserted anywhere it is judged as the grammar says`(_ document: String) {
        let bytes = Array(document.utf8)
        for place in 0...bytes.count {
            var document = bytes[..<place] + [0] + bytes[place...]
            for other in UInt8.min ... .max {
                document[place] = other
                expectSameVerdict(Array(document), "byte \(other) before \(place)")
            }
        }
    }

    @Test(arguments: documents)
    func `without any one byte, with one doubled or two swapped, it is judged as the grammar says`(_ document: String) {
        let bytes = Array(document.utf8)
        for place in bytes.indices {
            expectSameVerdict(Array(bytes[..<place] + bytes[(place + 1)...]), "without byte \(place)")
            expectSameVerdict(Array(bytes[...place] + bytes[place...]), "byte \(place) doubled")
            for other in bytes.indices.dropFirst(place + 1) {
                var swapped = bytes
                swapped.swapAt(place, other)
                expectSameVerdict(swapped, "bytes \(place) and \(other) swapped")
            }
        }
    }

    @Test func `the documents have so many changes`() {
        let changes = CorpusMutationTests.documents.map { document in
            let count = document.utf8.count
            return 255 * count + 256 * (count + 1) + 2 * count + count * (count - 1) / 2
        }
        #expect(changes.reduce(0, +) == 127_289)
    }
}
