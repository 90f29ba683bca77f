import FuzzProperties

/// libFuzzer's own main function, for a program that has one already.
/// Source: llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library".
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// `fuzz TARGET [LIBFUZZER'S ARGUMENTS]`: runs one target of `FuzzTarget`; `scripts/fuzz` builds and starts it.
@main struct Fuzz {
    /// Which one; read before any other thread can be there.
    nonisolated(unsafe) private static var target = FuzzTarget.scanner

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let target = FuzzTarget(rawValue: name) else {
            fatalError("the first argument is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
        }
        Fuzz.target = target
        // libFuzzer sees neither the target nor anything before it.
        var count = CommandLine.argc - 1
        var rest = CommandLine.unsafeArgv + 1
        rest[0] = CommandLine.unsafeArgv[0]
        _ = runDriver(&count, &rest) { bytes, size in
            do throws(Violation) {
                try Fuzz.target.check(Array(UnsafeBufferPointer(start: bytes, count: size)))
            } catch {
                // A trap is what libFuzzer takes for a finding, whose input it keeps.
                fatalError("\(Fuzz.target): \(error)")
            }
            return 0
        }
    }
}
