import BigQuery
import FilterKit
import GoogleAuthFilter

/// As whom BigQuery is asked.
enum Access {
    /// As nobody, which is enough for an emulator.
    case open
    /// With the token that stands in a file.
    case file(TokenFile)
    /// With Application Default Credentials.
    case credentials(FilterCredentials)

    /// Where the client gets its tokens; nil where it needs none.
    var tokenSource: Client.TokenSource? {
        switch self {
        case .open: nil
        case .file(let file): file.token
        case .credentials(let credentials): credentials.accessToken
        }
    }

    /// The project whose API quota counts, where the credentials name one.
    var quotaProject: String? {
        if case .credentials(let credentials) = self { credentials.quotaProject } else { nil }
    }

    /// The project of whoever asks, where that is known.
    func project() throws -> ProjectID? {
        guard case .credentials(let credentials) = self, let project = try credentials.project() else { return nil }
        do { return try ProjectID(project) } catch {
            throw Stop(.configuration, "credentials: project: \(error)", wayOut: "give --billing-project")
        }
    }
}

extension BigQueryOptions {
    /// What an option names, else what Google's tools would use.
    func access(_ edge: borrowing Edge, _ settings: Settings) throws -> Access {
        guard let accessTokenFile else { return .credentials(try edge.credentials(settings)) }
        edge.diagnostics.detail("credentials: the token in \(accessTokenFile)")
        return .file(try TokenFile(accessTokenFile, edge))
    }
}

/// The file of `--access-token-file`.
///
/// A class (rule 10), since the client asks for the token again and again, and what it last was is one fact.
final class TokenFile {
    private let readAgain: () -> String?
    private let path: String
    private var text: String

    /// Reads the file. Throws `Stop` with status 78 unless it holds one token.
    init(_ path: String, _ edge: borrowing Edge) throws {
        edge.keepSecrets()
        self.path = path
        readAgain = edge.rereadable(path, limit: 64 << 10)
        text = try TokenFile.token(in: edge.contents(of: path, limit: 64 << 10), path)
    }

    /// The token; what stands in the file by now, when the service did not take that one: a script may have renewed it.
    func token(refused: String?) -> String {
        // A pipe gives its token once; then the answer to the old one tells the user more than the second reading.
        if refused == text, let renewed = readAgain().flatMap({ try? TokenFile.token(in: $0, path) }) { text = renewed }
        return text
    }

    private static func token(in text: String, _ path: String) throws -> String {
        let token = text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        guard !token.isEmpty, text.filter({ !$0.isWhitespace }) == token,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw Stop(.configuration, "--access-token-file: \(path): not one token on one line")
        }
        return String(token)
    }
}
