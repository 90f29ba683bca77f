import Foundation
import Glibc

/// One accepted connection: reads requests, does what the script says.
struct Connection {
    let descriptor: Int32
    private var pending: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Serves until the client or a step closes; the caller closes the descriptor.
    func serve(_ greeting: [Step]?, _ handler: ScriptedServer.Handler, record: (RecordedRequest) -> Void) {
        var connection = self
        if let greeting {
            guard connection.receive(), connection.perform(greeting) else { return }
        }
        while let request = connection.nextRequest() {
            record(request)
            guard connection.perform(handler(request)) else { return }
        }
    }

    /// False when the connection is over.
    private mutating func perform(_ steps: [Step]) -> Bool {
        for step in steps {
            switch step {
            case .send(let bytes):
                guard send(bytes) else { return false }
            case .trickle(let bytes):
                for byte in bytes {
                    guard send([byte]) else { return false }
                }
            case .sendForEver(let bytes):
                while send(bytes) {}
                return false
            case .pause(let duration):
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&wait, 1, Int32(duration / .milliseconds(1)))
            case .run(let work):
                work()
            case .hold:
                while receive() {}
                return false
            case .close:
                return false
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
                return false
            }
        }
        return true
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Waits for more bytes; false at the end.
    private mutating func receive() -> Bool {
        var room = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &room, room.count, 0)
        guard count > 0 else { return false }
        pending += room[..<count]
        return true
    }

    private mutating func nextRequest() -> RecordedRequest? {
        var lines: [String] = []
        while let line = nextLine() {
            guard line.isEmpty else {
                lines.append(line)
                continue
            }
            let words = (lines.first ?? "").split(separator: " ").map(String.init)
            let head = RecordedRequest(
                method: words.first ?? "", target: words.count > 1 ? words[1] : "",
                headerLines: Array(lines.dropFirst()), body: [])
            guard let body = body(after: head) else { return nil }
            return RecordedRequest(
                method: head.method, target: head.target, headerLines: head.headerLines, body: body)
        }
        return nil
    }

    private mutating func body(after head: RecordedRequest) -> [UInt8]? {
        guard head.header("Transfer-Encoding")?.lowercased() == "chunked" else {
            return take(Int(head.header("Content-Length") ?? "") ?? 0)
        }
        var body: [UInt8] = []
        while let size = nextLine().flatMap({ Int($0, radix: 16) }), let part = take(size), nextLine() != nil {
            guard size > 0 else { return body }
            body += part
        }
        return nil
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while pending.count < count {
            guard receive() else { return nil }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private mutating func nextLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }
}
