import Foundation

/// A page of man/, as far as tests look into it. mdoc is lines; those that begin with a dot are its requests.
public struct ManualPage {
    /// `bq-fetch.1`.
    public let name: String
    /// Where it is.
    public let path: String
    private let lines: [String]

    /// The names of all pages.
    public static var all: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
        }
    }

    private static var folder: URL { Run.clone.appendingPathComponent("man") }

    /// Reads the page of that name.
    public init(_ name: String) throws {
        self.name = name
        path = ManualPage.folder.appendingPathComponent(name).path
        lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    }

    /// The titles of the sections, in order.
    public var sections: [String] { lines.filter { $0.hasPrefix(".Sh ") }.map { String($0.dropFirst(4)) } }

    /// The lines of a section; none when it is not there.
    public func section(_ title: String) -> [String] {
        Array(lines.drop { $0 != ".Sh \(title)" }.dropFirst().prefix { !$0.hasPrefix(".Sh ") })
    }

    /// The options that the lists of DESCRIPTION tell, as `--limit` and `-h`; one that stands there twice, twice.
    public var options: [String] {
        section("DESCRIPTION").filter { $0.hasPrefix(".It Fl ") }.flatMap { line in
            line.matches(of: /Fl ([-a-z]+)/).map { "-\($0.1)" }
        }
    }

    /// The pages that it refers to, as `crontab.5`.
    public var references: [String] {
        lines.filter { $0.hasPrefix(".Xr ") }.map { line in
            line.dropFirst(4).split(separator: " ").prefix(2).joined(separator: ".")
        }
    }

    /// The items of a section that is one list.
    public func items(of title: String) -> [String] {
        section(title).filter { $0.hasPrefix(".It ") }.map { String($0.dropFirst(4)) }
    }

    /// The items of the list of tags that follows `line`.
    public func items(after line: String) -> [String] {
        lines.drop { $0 != line }.prefix { $0 != ".El" }.filter { $0.hasPrefix(".It ") }.map { String($0.dropFirst(4)) }
    }

    /// The cells of the table whose first column has that heading, row by row, without the headings.
    public func table(_ heading: String) -> [[String]] {
        let rows = lines.drop { !$0.hasPrefix(".It Sy \(heading) Ta ") }.dropFirst().prefix { $0 != ".El" }
        return rows.map { row in
            row.dropFirst(4).components(separatedBy: " Ta ").map {
                ManualPage.plain($0.hasPrefix("Li ") ? String($0.dropFirst(3)) : $0)
            }
        }
    }

    /// A line of text as a reader sees it.
    public static func plain(_ text: String) -> String {
        [(#"\(aq"#, "'"), (#"\(dq"#, "\""), (#"\(ti"#, "~"), (#"\e"#, #"\"#)]
            .reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
