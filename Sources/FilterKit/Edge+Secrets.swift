import CSystem
import Files
import Glibc

// What a filter needs that holds secrets and sends them to somebody.
extension Edge {
    /// Keeps what this process knows out of core dumps and away from other processes. Called before a secret is read.
    public func keepSecrets() {
        _ = system_forbid_dumps()
        // Swift's own handlers would print registers and the memory that they point to, and allow dumps again for it.
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { _ = signal(number, SIG_DFL) }
    }

    /// The file of the certificates to trust instead of the system's: `option`, else SSL_CERT_FILE; nil for neither.
    /// Throws `Stop` with status 78 when it cannot be read, which curl would only tell as a TLS error.
    public func certificateAuthorities(_ option: String? = nil) throws -> String? {
        guard let path = option ?? environment["SSL_CERT_FILE"], !path.isEmpty else { return nil }
        do { _ = try readSmallFile(path, limit: 16 << 20) } catch {
            throw Stop(.configuration, "\(option == nil ? "SSL_CERT_FILE" : "--cacert"): \(error)")
        }
        return path
    }
}
