import HTTP

extension CurlTransport {
    /// What is thrown for `request`; nil and nil when it is answered.
    func fact(_ request: Request) -> (HTTPError.Fact?, mayHaveBeenSent: Bool?) {
        do {
            _ = try send(request)
            return (nil, nil)
        } catch {
            return (error.fact, error.requestMayHaveBeenSent)
        }
    }
}
