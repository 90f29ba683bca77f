// Newline-delimited JSON in and out: exact, strict, in constant memory, and in one pass. This file has no code. It is
// where a reader begins, and says what to read next.
//
// A record's way through a filter:
//
//     read(2) -> LineReader -> Line -> JSONScanner -> Fields, JSONValue -> the filter -> JSONText -> LineWriter -> write(2)
//
// 1. `LineReader` reads 256 KiB at once and finds the line feeds. A `Line` is a range of the reader's buffer, `Storage`:
//    nothing is copied, and nothing allocated for a line. The next line makes the ones before it unreadable, and a
//    generation number catches whoever looks all the same.
// 2. `JSONScanner` passes over the bytes of one line and validates each of them by RFC 8259. It builds nothing: a value is
//    a range of them, too. Begin with `skipContainer`, the loop that everything else serves. Around it stand `+Strings`, for
//    escapes and UTF-8, `+Scalars`, for numbers and literals, and `+Fields`, which notes on the way where the values of
//    `FieldPaths` are.
// 3. `SpecialBytes` is why that is fast: it finds the ends of strings 64 bytes at a time, ahead of the scanner.
// 4. `JSONValue` is a validated value; what it is (`integer`, `id`, `string`, `timestamp`, its members) is worked out when
//    somebody asks, exactly or not at all: no number is ever a Double on its way.
// 5. `Timestamp` reads the texts that a moment may have, from bytes, by arithmetic.
// 6. `JSONText` makes records, and `LineWriter` collects them in one buffer: it is written when full, at the end, and
//    whenever the input pauses: the reader calls `beforeRead`, and a filter flushes there before it waits.
// 7. `JSONTranscript`, `CellRows` and `Copyist` turn the pages that BigQuery sends into records, from text to text.
//
// Three invariants hold it together, and each pointer in the module rests on them:
//
// - After the last byte of a text that is to be validated stands a line feed, which is no legal byte of a string, a number
//   or a literal. So every loop ends there without counting, but for the one over white space, and a string without its
//   quote is found where the text ends.
// - From that line feed on there are 64 bytes of memory (`Storage.padding`). So every load of 8, 16 or 64 bytes that begins
//   at or before it is legal.
// - Text is validated before a `JSONValue` exists. So whoever takes a value apart later cannot fail, and need not check.
//
// What must never happen is a trap: whatever the bytes, the answer is a value or a `JSONError` with a column. The tests
// hold it to that: the corpus in Tests/NDJSONTests/Corpus, a slow parser that is compared with this one on random and
// mutated texts, and the fuzzer of scripts/fuzz.
