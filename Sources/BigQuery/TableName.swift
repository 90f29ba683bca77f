import NDJSON

/// The project that owns tables, or pays for jobs.
public struct ProjectID: Hashable, Sendable, CustomStringConvertible {
    /// The id as it was given.
    public let description: String

    /// `my-project`, or `example.com:my-project` for the old ones that belong to a domain.
    /// Source: cloud.google.com/resource-manager/docs/creating-managing-projects.
    public init(_ text: String) throws(NameError) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let id = parts.last, parts.count <= 2, ProjectID.isID(id),
            parts.count == 1 || ProjectID.isDomain(parts[0])
        else { throw .notAProject(Excerpt(text)) }
        description = text
    }

    private static func isID(_ bytes: Substring.UTF8View) -> Bool {
        guard (6...30).contains(bytes.count), let first = bytes.first, let last = bytes.last else { return false }
        return isLowercase(first) && last != UInt8(ascii: "-")
            && bytes.allSatisfy { isLowercase($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
        bytes.contains(UInt8(ascii: "."))
            && bytes.allSatisfy { isLowercase($0) || isDigit($0) || "-.".utf8.contains($0) }
    }
}

/// A table by its full name, checked, so that it can stand in SQL and in a URL without another doubt.
public struct TableName: Hashable, Sendable {
    /// The project that the table belongs to.
    public let project: ProjectID
    /// The dataset's name, case-sensitive.
    public let dataset: String
    /// The table's name, case-sensitive.
    public let table: String

    /// `project.dataset.table`, or with a colon behind the project.
    ///
    /// Decorators (`$20240101`, `@…`), wildcards and INFORMATION_SCHEMA are no tables in GoogleSQL and are refused.
    /// Source: cloud.google.com/bigquery/docs/tables#table_naming.
    public init(_ text: String) throws(NameError) {
        // From the right: a project may hold dots and a colon, a dataset neither.
        guard let dot = text.lastIndex(of: "."),
            let separator = text[..<dot].lastIndex(where: { $0 == "." || $0 == ":" })
        else { throw .notThreeParts(Excerpt(text)) }
        try self.init(
            project: ProjectID(String(text[..<separator])),
            dataset: String(text[text.index(after: separator)..<dot]),
            table: String(text[text.index(after: dot)...]))
    }

    /// The table of that name in `dataset` of `project`.
    public init(project: ProjectID, dataset: String, table: String) throws(NameError) {
        guard !dataset.isEmpty, dataset.utf8.count <= 1024, dataset.utf8.allSatisfy(isWordByte) else {
            throw .notADataset(Excerpt(dataset))
        }
        let names = [dataset, table].map { $0.uppercased() }
        guard !names.contains("INFORMATION_SCHEMA"), !table.contains(where: { "$@*".contains($0) }) else {
            throw .notOneTable(Excerpt(dataset + "." + table))
        }
        guard !table.isEmpty, table.utf8.count <= 1024, table.unicodeScalars.allSatisfy(TableName.isTableScalar)
        else { throw .notATable(Excerpt(table)) }
        self.project = project
        self.dataset = dataset
        self.table = table
    }

    /// The table as it stands in GoogleSQL: one path between backticks, which no legal name contains.
    public var sql: String { "`\(description)`" }

    private static func isTableScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber,
            .connectorPunctuation, .dashPunctuation, .spaceSeparator:
            true
        default: false
        }
    }
}

extension TableName: CustomStringConvertible {
    /// `project.dataset.table`.
    public var description: String { "\(project).\(dataset).\(table)" }
}

func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

func isWordByte(_ byte: UInt8) -> Bool { isLowercase(byte | 0x20) || isDigit(byte) || byte == UInt8(ascii: "_") }
