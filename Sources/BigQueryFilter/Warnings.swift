public import BigQuery
public import FilterKit

/// What the service says beside its rows, and what of them is not understood: each once in a run.
public struct Warnings {
    private var told: Set<String> = []

    /// Nothing told yet.
    public init() {}

    /// Tells what is new.
    public mutating func tell(_ rows: ResultRows, _ decoder: RowDecoder, to diagnostics: Diagnostics) {
        let types = decoder.unknownTypes.map { "columns of type \($0): unknown: written as they came" }
        for warning in rows.warnings.map({ "BigQuery: \($0)" }) + types where told.insert(warning).inserted {
            diagnostics.warning(warning)
        }
    }
}
