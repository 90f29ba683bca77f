import CCrypto
import GoogleAuth
import HTTP
import NDJSON

/// The process around the credentials, whose clocks only move when somebody waits or a test says so.
final class FakeProcess {
    var variables: [String: String] = [:]
    var files: [String: String] = [:]
    var now = Duration.seconds(1000)
    var wall: Int64 = 1_700_000_000
    /// What was waited for.
    var waits: [Duration] = []
    /// Asked instead of the network, where a test sets it.
    var answer: ((Request) throws(HTTPError) -> Response)?
    private(set) var requests: [Request] = []
    private let transport = CurlTransport(userAgent: "activity-backfill/test", interruptedBy: nil)

    var edge: CredentialsEdge {
        CredentialsEdge(
            variable: { self.variables[$0] },
            contents: { path in self.files[path].map { .bytes(Array($0.utf8)) } ?? .absent },
            monotonicTime: { self.now }, wallTime: { self.wall },
            sleep: {
                self.waits.append($0)
                self.now += $0
            },
            chance: { 0.5 },
            send: { (request) throws(HTTPError) in
                self.requests.append(request)
                if let answer = self.answer { return try answer(request) }
                return try self.transport.send(request)
            })
    }

    /// Credentials in the file that GOOGLE_APPLICATION_CREDENTIALS names.
    func credentials(_ json: String) throws -> Credentials {
        variables["GOOGLE_APPLICATION_CREDENTIALS"] = "key.json"
        files["key.json"] = json
        return try Credentials.find(edge)
    }

    /// Why there are none in such a file.
    func error(_ json: String) -> CredentialsError? {
        do { _ = try credentials(json) } catch { return error as? CredentialsError }
        return nil
    }
}

/// A key made for this run of the tests.
enum TestKey {
    static let pem = makePEM(type: EVP_PKEY_RSA)
    static let ellipticPEM = makePEM(type: EVP_PKEY_ED25519)

    private static func makePEM(type: Int32) -> String {
        let context = EVP_PKEY_CTX_new_id(type, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &key) == 1, "no test key")
        defer { EVP_PKEY_free(key) }
        let text = BIO_new(BIO_s_mem())
        defer { BIO_free(text) }
        precondition(PEM_write_bio_PrivateKey(text, key, nil, nil, 0, nil, nil) == 1, "no PEM of the test key")
        var room = [UInt8](repeating: 0, count: 8192)
        let count = BIO_read(text, &room, Int32(room.count))
        return String(decoding: room.prefix(Int(count)), as: UTF8.self)
    }

    /// Whether the test key made `signature`, as libcrypto's other half sees it.
    static func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var bytes = Array(pem.utf8)
        let key = crypto_read_private_key(&bytes, Int32(bytes.count))
        defer { EVP_PKEY_free(key) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// An object of strings.
func json(_ members: KeyValuePairs<String, String>) -> String {
    var text = JSONText()
    text.object {
        for (key, value) in members {
            $0.key(escaping: key)
            $0.value(value)
        }
    }
    return text.string
}

/// A service account's key file.
func serviceAccount(
    tokenURL: String = "https://oauth2.googleapis.com/token", key: String = TestKey.pem, email: String = "a@b.example"
) -> String {
    json([
        "type": "service_account", "client_email": email, "private_key_id": "key-1", "private_key": key,
        "token_uri": tokenURL, "project_id": "project-of-the-key",
    ])
}

/// A login of gcloud.
func login(tokenURL: String = "https://oauth2.googleapis.com/token") -> String {
    json([
        "type": "authorized_user", "client_id": "id", "client_secret": "s3cr+t&", "refresh_token": "1//r",
        "token_uri": tokenURL, "quota_project_id": "quota",
    ])
}
