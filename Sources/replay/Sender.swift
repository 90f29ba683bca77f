import Delivery
import FilterKit
import GoogleAuthFilter
import HTTP

/// Posts events, and proves who sends them where the receiver wants that.
///
/// A class (rule 10): what the receiver took last is one fact, whoever posts.
final class Sender {
    private let receiver: Receiver
    private let transport: CurlTransport
    private let proof: (credentials: FilterCredentials, audience: String)?
    /// The ID token with which an event was delivered.
    private var taken: String?

    /// Finds the credentials that an ID token takes. Throws `Stop`; no token is asked for yet.
    init(to receiver: Receiver, _ settings: Settings, _ edge: borrowing Edge) throws {
        self.receiver = receiver
        transport = CurlTransport(
            userAgent: Version.userAgent, interruptedBy: edge.signals.descriptor,
            certificateAuthorities: receiver.certificateAuthorities)
        let signals = edge.signals
        transport.whileWaiting = { signals.answerStatusRequests() }
        proof = try receiver.audience.map { (try edge.credentials(settings), $0) }
    }

    /// One POST; a second one only where an ID token had ended that was good before. Throws `HTTPError`, and `Stop` where
    /// there is no token.
    func post(_ event: Event, _ key: DeliveryKey) throws -> Response {
        guard let proof else { return try transport.send(receiver.request(event, key)) }
        let token = try proof.credentials.idToken(audience: proof.audience)
        let response = try transport.send(receiver.request(event, key, idToken: token))
        if (200..<300).contains(response.status) { taken = token }
        guard response.status == 401, token == taken else { return response }
        let renewed = try proof.credentials.idToken(audience: proof.audience, refused: token)
        return try transport.send(receiver.request(event, key, idToken: renewed))
    }
}
