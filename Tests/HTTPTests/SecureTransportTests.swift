import Foundation
import TestServer
import Testing

@testable import HTTP

@Suite struct SecureTransportTests {
    private let transport = CurlTransport(userAgent: "t", interruptedBy: nil)

    @Test func `a server that does not speak TLS is a TLS error`() {
        let server = ScriptedServer(greeting: [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .hold])
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, "https://127.0.0.1:\(server.port)/", body: [1]))
        guard case .tls = fact else {
            Issue.record("\(fact as Any)")
            return
        }
        #expect(mayHaveBeenSent == false)
    }

    @Test(arguments: [[Step.close], [.reset]])
    func `a connection that ends inside the TLS handshake is no judgement about us`(steps: [Step]) {
        let server = ScriptedServer(greeting: steps)
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, "https://127.0.0.1:\(server.port)/", body: [1]))
        #expect(fact == .couldNotConnect(why: "closed during the TLS handshake"))
        #expect(mayHaveBeenSent == false)
    }

    @Test func `certificate authorities that cannot be read are a TLS error`() {
        let transport = CurlTransport(userAgent: "t", interruptedBy: nil, certificateAuthorities: "/nowhere/ca.pem")
        let server = ScriptedServer(greeting: [.hold])
        #expect { try transport.send(Request(.get, "https://127.0.0.1:\(server.port)/")) } throws: { error in
            guard case .tls = (error as? HTTPError)?.fact else { return false }
            return true
        }
    }

    @Test func `a certificate counts when its authority is named and its name is the host's`() throws {
        let server = try SecureServer()
        let url = "https://127.0.0.1:\(server.port)/"
        let (stranger, mayHaveBeenSent) = transport.fact(Request(.get, url))
        guard case .tls = stranger else {
            Issue.record("\(stranger as Any)")
            return
        }
        #expect(mayHaveBeenSent == false)
        let friend = CurlTransport(userAgent: "t", interruptedBy: nil, certificateAuthorities: server.certificate)
        #expect(try friend.send(Request(.get, url)).status == 200)
        let error = #expect(throws: HTTPError.self) {
            _ = try friend.send(Request(.get, "https://localhost:\(server.port)/"))
        }
        guard case .tls = error?.fact else {
            Issue.record("\(error as Any)")
            return
        }
    }

    // MARK: Proxies

    @Test func `a proxy that refuses the tunnel is named by its status, and nothing was sent`() {
        let proxy = ScriptedServer { _ in [.answer(407)] }
        transport.proxy = "http://127.0.0.1:\(proxy.port)"
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, "https://dispatcher.example/", body: [1]))
        #expect(fact == .proxyRefused(status: 407))
        #expect(mayHaveBeenSent == false)
        #expect(proxy.requests.map(\.target) == ["dispatcher.example:443"])
    }

    @Test func `a request that bypasses the proxy connects by itself`() throws {
        let proxy = ScriptedServer()
        let server = ScriptedServer { _ in [.answer(201)] }
        transport.proxy = "http://127.0.0.1:\(proxy.port)"
        var request = Request(.get, server.url())
        request.bypassesProxy = true
        #expect(try transport.send(request).status == 201)
        #expect(proxy.requests.isEmpty)
    }

    @Test func `a proxy that closes or is not there is no connection`() {
        let proxy = ScriptedServer { _ in [.close] }
        transport.proxy = "http://127.0.0.1:\(proxy.port)"
        let (fact, mayHaveBeenSent) = transport.fact(Request(.post, "https://dispatcher.example/", body: [1]))
        guard case .couldNotConnect = fact else {
            Issue.record("\(fact as Any)")
            return
        }
        #expect(mayHaveBeenSent == false)
        let port = RefusingPort()
        transport.proxy = "http://127.0.0.1:\(port.port)"
        #expect(
            transport.fact(Request(.post, "https://dispatcher.example/")).0
                == .couldNotConnect(why: "the proxy: Connection refused"))
    }

    @Test func `a plain request goes to the proxy whole`() throws {
        let proxy = ScriptedServer { _ in [.answer(200, "hello")] }
        transport.proxy = "http://127.0.0.1:\(proxy.port)"
        let response = try transport.send(Request(.post, "http://dispatcher.example/hook", body: [1, 2]))
        #expect(response.body == Array("hello".utf8))
        #expect(proxy.requests.map(\.target) == ["http://dispatcher.example/hook"])
        #expect(proxy.requests.map(\.body) == [[1, 2]])
    }
}

/// `openssl s_server` with a certificate of its own making for 127.0.0.1; ends with its owner.
private final class SecureServer {
    let port: Int
    let certificate: String
    private let directory = NSTemporaryDirectory() + "http-tests-" + UUID().uuidString
    private let process = Process()
    private let output = Pipe()

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        certificate = directory + "/certificate.pem"
        let key = directory + "/key.pem"
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        process.executableURL = maker.executableURL
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // It says `ACCEPT 127.0.0.1:PORT` when it is ready.
        var said = ""
        while !said.hasSuffix("\n") || !said.contains("ACCEPT 127.0.0.1:") {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { break }
            said += String(decoding: part, as: UTF8.self)
        }
        let line = said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
        port = try #require(line.flatMap { Int($0.split(separator: ":").last ?? "") })
    }

    deinit {
        // A thread of the test runner may block SIGTERM, and its children inherit that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
