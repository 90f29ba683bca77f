import ArgumentParser
import FilterKit
import HTTP

/// How the receiver learns who sends the events.
enum Authentication: String, ExpressibleByArgument, CaseIterable {
    /// Not at all, or by what `--header-file` says.
    case none
    /// By a token of Google's that names the account, and the receiver it is for.
    case idToken = "id-token"
}

extension TargetOptions {
    /// Whom the ID tokens are for; nil where none are sent. `headers` are those that a file adds.
    func audience(
        _ settings: Settings, for endpoint: Endpoint, _ headers: [Request.Header]
    ) throws -> String? {
        guard try authentication(settings) == .idToken else {
            if audience == nil { return nil }
            throw Stop(.usage, "--audience: not used: nothing asks for an ID token", wayOut: "give --auth id-token")
        }
        guard endpoint.scheme == "https" || endpoint.isLoopback else {
            throw Stop(
                .usage, "--auth id-token: \(endpoint): not encrypted, and on another machine", wayOut: "use https")
        }
        guard !headers.contains(where: { $0.name.lowercased() == "authorization" }) else {
            throw Stop(.usage, "--header-file: Authorization: --auth id-token sends one", wayOut: "choose one of them")
        }
        return audience ?? endpoint.origin
    }

    private func authentication(_ settings: Settings) throws -> Authentication {
        if let auth { return auth }
        guard let setting = settings.destination("BACKFILL_DISPATCHER_AUTH") else { return .none }
        guard let authentication = Authentication(rawValue: setting.value) else {
            throw Stop(.configuration, "\(setting.origin): \(setting.key): neither none nor id-token: \(setting.value)")
        }
        return authentication
    }
}

extension Endpoint {
    /// Scheme, host, and a port that is not the scheme's own: what Cloud Run calls the URL of a service.
    fileprivate var origin: String {
        let isUsual = port == (scheme == "https" ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(isUsual ? name : "\(self)")"
    }
}
