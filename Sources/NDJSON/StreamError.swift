import Glibc

/// Why a stream cannot go on.
public enum StreamError: Error, Equatable {
    /// read(2) failed.
    case cannotRead(errno: Int32)
    /// write(2) failed.
    case cannotWrite(errno: Int32)
    /// The run has to end, and whoever reads takes nothing.
    case stopped
}

extension StreamError: CustomStringConvertible {
    /// `what: why`; the place is known to whoever named the stream.
    public var description: String {
        switch self {
        case .cannotRead(let number): "cannot read: \(String(cString: strerror(number)))"
        case .cannotWrite(let number): "cannot write: \(String(cString: strerror(number)))"
        case .stopped: "cannot write: stopped before it was taken"
        }
    }
}
