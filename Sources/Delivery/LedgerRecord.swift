import NDJSON

/// One line of a ledger.
enum LedgerRecord: Equatable {
    /// Calls that are paid for, at a moment in seconds since 1970.
    case charge(Int, at: Int64)
    /// Calls that a charge at that moment paid for and that were never made.
    case refund(Int, at: Int64)

    private static let fields = FieldPaths(["time", "charge"])
    private static let headFields = FieldPaths(["ledger", "version"])
    /// Beyond it, sums over a long file could overflow.
    private static let mostCalls: Int64 = 1_000_000_000

    /// What every ledger begins with.
    static let headStart = Array(#"{"ledger":"\#(Ledger.name)","#.utf8)
    /// The first line.
    static let head: [UInt8] = {
        var text = JSONText()
        text.object { text in
            text.member("ledger", Ledger.name)
            text.member("version", Ledger.version)
        }
        text.endLine()
        return text.bytes
    }()
    /// Bytes of the shortest record that is written, its end included: where something stands that cannot be read, there
    /// were no more records than fit.
    static let shortest: Int = {
        var text = JSONText()
        LedgerRecord.charge(1, at: 0).write(to: &text, target: "")
        return text.bytes.count
    }()

    /// Nil when the line is no record.
    init?(_ line: [UInt8]) {
        guard let fields = try? Fields(parsing: line, at: LedgerRecord.fields), let calls = fields[1]?.integer,
            let text = fields[0]?.string, let time = Timestamp(text: text.utf8)
        else { return nil }
        switch calls {
        case 1...LedgerRecord.mostCalls: self = .charge(Int(calls), at: time.unixSeconds)
        case -LedgerRecord.mostCalls ... -1: self = .refund(Int(-calls), at: time.unixSeconds)
        default: return nil
        }
    }

    /// The version that a first line has; nil when it is not a ledger's.
    static func version(inHead line: [UInt8]) -> Int64? {
        guard let fields = try? Fields(parsing: line, at: headFields), fields[0]?.string == Ledger.name else {
            return nil
        }
        return fields[1]?.integer
    }

    /// Appends the line. A moment outside the years 1 to 9999 cannot be: it came from a `Timestamp`.
    func write(to text: inout JSONText, target: String) {
        let (calls, time) =
            switch self {
            case .charge(let calls, let time): (Int64(calls), time)
            case .refund(let calls, let time): (-Int64(calls), time)
            }
        text.object { text in
            text.member("time", Timestamp(nearest: time).description)
            text.member("charge", calls)
            text.member("target", target)
        }
        text.endLine()
    }
}

extension Timestamp {
    /// The moment so many seconds after 1970, or the first or last that there is.
    init(nearest unixSeconds: Int64) {
        let most = Timestamp.range.upperBound / 1_000_000
        let seconds = min(max(unixSeconds, Timestamp.range.lowerBound / 1_000_000), most)
        guard let moment = Timestamp(unixSeconds: seconds) else {
            preconditionFailure("within the range that was just enforced")
        }
        self = moment
    }
}
