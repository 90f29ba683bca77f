import Foundation
import Glibc
import Synchronization

/// An HTTP server on a real loopback socket that says exactly the bytes, and makes exactly the faults, of a test.
///
/// Each connection has a thread of its own; all of them end with `stop()`, at the latest when the server is released.
public final class ScriptedServer: Sendable {
    /// Decides what follows a request; called on the connection's thread, after the whole request was read.
    public typealias Handler = @Sendable (RecordedRequest) -> [Step]

    /// On 127.0.0.1.
    public let port: UInt16
    private let shared: Shared
    private let listener: Int32

    /// A server that asks `handler` what to do with each request.
    ///
    /// With `greeting`, its steps follow the first bytes of a connection instead, whatever they are (a TLS hello, say).
    public init(greeting: [Step]? = nil, _ handler: @escaping Handler = { _ in [.answer(200)] }) {
        (listener, port) = listenOnLoopback()
        let shared = Shared()
        self.shared = shared
        let listener = listener
        shared.start {
            while let descriptor = shared.adopt(accept(listener, nil, nil)) {
                shared.start {
                    Connection(descriptor: descriptor).serve(greeting, handler) { shared.record($0) }
                    shared.release(descriptor)
                }
            }
        }
    }

    /// A server whose nth request gets the nth of `scripts`, and all further ones the last.
    public convenience init(scripts: [[Step]]) {
        let answered = Mutex(0)
        self.init { _ in
            answered.withLock { count in
                count += 1
                return scripts[min(count, scripts.count) - 1]
            }
        }
    }

    deinit { stop() }

    /// What came so far, in the order in which it was complete, over all connections.
    public var requests: [RecordedRequest] { shared.state.withLock { $0.requests } }

    /// How many connections were accepted so far.
    public var connections: Int { shared.state.withLock { $0.accepted } }

    /// `http://127.0.0.1:PORT` and `path`.
    public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Closes everything and waits until the threads have ended; may be called twice.
    public func stop() {
        guard shared.beginStop() else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        shared.wait()
        close(listener)
    }
}

/// One act of the server.
public enum Step: Sendable {
    /// Sends bytes.
    case send([UInt8])
    /// Sends bytes one at a time, each in a segment of its own.
    case trickle([UInt8])
    /// Sends bytes again and again until the client has closed.
    case sendForEver([UInt8])
    /// Waits so long, or until the client says more or has closed.
    case pause(Duration)
    /// Calls back, on the connection's thread.
    case run(@Sendable () -> Void)
    /// Closes the connection.
    case close
    /// Resets the connection: the client sees ECONNRESET.
    case reset
    /// Says nothing until the client has closed.
    case hold

    /// The head of an answer that announces `length` bytes of body, and what there is of them.
    public static func begin(_ status: Int, length: Int, _ body: String = "") -> Step {
        .send("HTTP/1.1 \(status) Scripted\r\nContent-Length: \(length)\r\n\r\n\(body)")
    }

    /// Sends text as it is.
    public static func send(_ text: String) -> Step {
        .send(Array(text.utf8))
    }

    /// A whole answer after which the connection stays open.
    public static func answer(_ status: Int, headers: [String] = [], _ body: String = "") -> Step {
        let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
        return .send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}

/// A request as it came.
public struct RecordedRequest: Sendable {
    /// GET, POST, CONNECT …
    public let method: String
    /// Path and query, undecoded.
    public let target: String
    /// The lines without their ends, in order.
    public let headerLines: [String]
    /// The body, unchunked.
    public let body: [UInt8]

    /// The first value under `name`, whatever the case of its letters.
    public func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ":"
        return headerLines.first { $0.lowercased().hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)).trimmingCharacters(in: .whitespaces) }
    }
}

/// A port of 127.0.0.1 that is bound, so that nobody else gets it, and refuses connections until this is released.
public final class RefusingPort: Sendable {
    /// On 127.0.0.1.
    public let port: UInt16
    private let descriptor: Int32

    /// Binds a free port and does not listen on it.
    public init() { (descriptor, port) = bindToLoopback() }

    deinit { close(descriptor) }
}

/// A port of 127.0.0.1 that connects, since the kernel does so by itself, and then nobody says a word.
public final class SilentPort: Sendable {
    /// On 127.0.0.1.
    public let port: UInt16
    private let descriptor: Int32

    /// Listens on a free port and never accepts.
    public init() { (descriptor, port) = listenOnLoopback() }

    deinit { close(descriptor) }
}

private func bindToLoopback() -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            precondition(bind(descriptor, generic, length) == 0, "cannot bind a loopback port")
            precondition(getsockname(descriptor, generic, &length) == 0, "cannot ask for the port")
        }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

private func listenOnLoopback() -> (Int32, UInt16) {
    let (descriptor, port) = bindToLoopback()
    precondition(listen(descriptor, 16) == 0, "cannot listen on a loopback port")
    return (descriptor, port)
}

/// What the threads of one server share.
private final class Shared: Sendable {
    struct State {
        var requests: [RecordedRequest] = []
        var open: Set<Int32> = []
        var accepted = 0
        var isStopping = false
    }
    let state = Mutex(State())
    private let threads = DispatchGroup()

    func start(_ work: @escaping @Sendable () -> Void) {
        threads.enter()
        Thread.detachNewThread { [threads] in
            work()
            threads.leave()
        }
    }

    /// Takes an accepted connection; nil when there is none, or the server is stopping.
    func adopt(_ descriptor: Int32) -> Int32? {
        guard descriptor >= 0 else { return nil }
        return state.withLock { state in
            guard !state.isStopping else {
                close(descriptor)
                return nil
            }
            state.accepted += 1
            state.open.insert(descriptor)
            return descriptor
        }
    }

    // Closed under the lock, so that `beginStop` never shuts down a number that belongs to somebody else by then.
    func release(_ descriptor: Int32) {
        state.withLock { state in
            state.open.remove(descriptor)
            close(descriptor)
        }
    }

    func record(_ request: RecordedRequest) { state.withLock { $0.requests.append(request) } }

    func beginStop() -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.isStopping = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return true
        }
    }

    func wait() { threads.wait() }
}
