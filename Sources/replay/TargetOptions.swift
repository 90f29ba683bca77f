import ArgumentParser
import Delivery
import FilterKit
import HTTP

/// Where the events go, and what each request carries.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send the events there (else BACKFILL_DISPATCHER_URL).", valueName: "url", visibility: .rare))
    var url: String?

    @OptionGroup var environment: EnvironmentOptions

    @Option(
        help: ArgumentHelp(
            "Prove who sends, by an ID token of the Google credentials (else BACKFILL_DISPATCHER_AUTH).",
            visibility: .rare))
    var auth: Authentication?

    @Option(
        help: ArgumentHelp(
            "Whom the ID token is for (default: scheme and host of the URL).", valueName: "url", visibility: .rare))
    var audience: String?

    @Option(
        help: ArgumentHelp(
            "Add the headers in this file, one Name: value a line.", valueName: "file", visibility: .rare),
        completion: .file())
    var headerFile: String?

    @Option(
        help: ArgumentHelp(
            "Trust the certificates in this file instead of the system's.", valueName: "file", visibility: .rare),
        completion: .file())
    var cacert: String?

    @Flag(help: ArgumentHelp("Send without encryption to another machine, too.", visibility: .rare))
    var allowHttp = false

    @Flag(help: "Do not ask before sending to a protected environment.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "Give up an attempt after this long (default: 30s).", valueName: "duration", visibility: .rare),
        transform: Duration.init(option:))
    var timeout: Duration = .seconds(30)

    @Option(
        help: ArgumentHelp(
            "Give up connecting after this long (default: 10s).", valueName: "duration", visibility: .rare),
        transform: Duration.init(option:))
    var connectTimeout: Duration = .seconds(10)

    func validate() throws {
        guard let audience else { return }
        if auth == Authentication.none {
            throw ValidationError("--audience, --auth none: they contradict each other")
        }
        guard !audience.isEmpty, audience.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("--audience: not a name of a receiver: \(audience)")
        }
    }

    /// Finds out where the events go. Throws `Stop`: 64 for what an option says, 78 for what a file says.
    func receiver(_ edge: borrowing Edge) throws -> Receiver {
        let settings = try edge.settings(environment)
        let (text, origin, status) = try address(settings)
        let endpoint: Endpoint
        do { endpoint = try Endpoint(url: text) } catch { throw Stop(status, "\(origin): \(error)") }
        guard endpoint.scheme == "https" || endpoint.isLoopback || allowHttp else {
            throw Stop(
                status, "\(origin): \(endpoint): not encrypted, and on another machine",
                wayOut: "use https, or give --allow-http")
        }
        // An environment is known by its name, wherever its dispatcher moves; an address that an option gave is itself.
        let name = url == nil ? environment.name : nil
        let headers = try headers(edge)
        return Receiver(
            url: text, name: name ?? endpoint.withoutQuery, address: endpoint.withoutQuery,
            isLoopback: endpoint.isLoopback,
            isProtected: try isProtected(settings),
            headers: headers.contains { $0.isNamed("content-type") } ? headers : [Receiver.typeHeader] + headers,
            audience: try audience(settings, for: endpoint, headers), timeout: timeout, connectTimeout: connectTimeout,
            certificateAuthorities: try edge.certificateAuthorities(cacert))
    }

    private func isProtected(_ settings: Settings) throws -> Bool {
        guard let setting = settings.destination("BACKFILL_PROTECTED") else { return false }
        switch setting.value {
        case "yes": return true
        case "no": return false
        default:
            throw Stop(.configuration, "\(setting.origin): \(setting.key): neither yes nor no: \(setting.value)")
        }
    }

    private func address(_ settings: Settings) throws -> (url: String, origin: String, ExitStatus) {
        if let url { return (url, "--url", .usage) }
        guard let setting = settings.destination("BACKFILL_DISPATCHER_URL") else {
            throw Stop(
                .usage, "--url: missing: nowhere to send the events",
                wayOut: "give --url, or BACKFILL_DISPATCHER_URL in the file of --target-env")
        }
        return (setting.value, "\(setting.origin): \(setting.key)", .configuration)
    }

    /// Secrets come from a file: what stands on a command line is read by everybody on the machine.
    private func headers(_ edge: borrowing Edge) throws -> [Request.Header] {
        guard let headerFile else { return [] }
        edge.keepSecrets()
        let lines = try edge.contents(of: headerFile, limit: 64 << 10).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return try lines.enumerated().compactMap { index, line in
            if line.allSatisfy(\.isWhitespace) { return nil }
            guard let colon = line.firstIndex(of: ":") else {
                // The line itself may be a secret.
                throw Stop(
                    .configuration, "\(headerFile):\(index + 1): not a header: no colon", wayOut: "write Name: value")
            }
            guard line[..<colon].lowercased() != Receiver.keyHeader else {
                throw Stop(
                    .configuration, "\(headerFile):\(index + 1): \(Receiver.keyHeader): each delivery has its own",
                    wayOut: "remove the line")
            }
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            return Request.Header(String(line[..<colon]), String(value))
        }
    }

    /// Asks before anything is sent to an environment that is protected.
    func confirm(_ receiver: Receiver, _ edge: borrowing Edge) throws {
        guard receiver.isProtected, !yes else { return }
        guard
            let answer = try edge.answer(to: "replay: \(receiver.name) is protected. Send events there? Type its name:")
        else {
            throw Stop(
                .usage, "\(receiver.name): protected: there is no terminal to ask on", wayOut: "give --yes")
        }
        guard answer == receiver.name else { throw Stop(.usage, "\(receiver.name): not confirmed: nothing was sent") }
    }
}

extension Endpoint {
    fileprivate var withoutQuery: String { "\(scheme)://\(self)\(path)" }
}

/// Where the events go.
struct Receiver {
    let url: String
    /// What the checkpoint is bound to: the environment's name, else the URL without its query.
    let name: String
    /// The URL without its query, which may hold a secret.
    let address: String
    let isLoopback: Bool
    let isProtected: Bool
    /// What is the same for each event, the body's type among it.
    let headers: [Request.Header]
    /// Whom ID tokens are for; nil where none are sent.
    let audience: String?
    let timeout: Duration
    let connectTimeout: Duration
    let certificateAuthorities: String?

    /// Source: Standard Webhooks.
    static let keyHeader = "webhook-id"
    fileprivate static let typeHeader = Request.Header("Content-Type", "application/json")

    /// No answer that we read is longer.
    private static let longestAnswer = 64 << 10
    /// A signal ends a run within two seconds; the rest is for writing down what became of the event.
    private static let grace = Duration.milliseconds(1500)

    /// The event's line is the body, byte for byte.
    func request(_ event: Event, _ key: DeliveryKey, idToken: String? = nil) -> Request {
        var headers = headers
        headers.append(Request.Header(Receiver.keyHeader, key.text))
        if let idToken { headers.append(Request.Header("Authorization", "Bearer \(idToken)")) }
        var request = Request(
            .post, url, headers: headers, body: event.body, timeout: timeout, connectTimeout: connectTimeout,
            responseLimit: Receiver.longestAnswer)
        // The status alone tells what became of the event: one that was taken must not be sent again for want of a body,
        // nor because a signal came just before its answer.
        request.needsWholeBody = false
        request.stopGrace = Receiver.grace
        // To this machine and not by way of a proxy on another one, which would read the token.
        request.bypassesProxy = idToken != nil && isLoopback
        return request
    }
}
