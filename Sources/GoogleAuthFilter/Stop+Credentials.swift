import FilterKit
import GoogleAuth

extension Stop {
    /// What ends a run that gets no token: the one place that says which status a failure has.
    init(_ error: CredentialsError) {
        switch error {
        case .none:
            self.init(
                .configuration, error,
                wayOut: "run gcloud auth application-default login, or name a file in GOOGLE_APPLICATION_CREDENTIALS")
        case .unreadable, .notJSON, .missing, .badField:
            self.init(.configuration, error, wayOut: "check the file and GOOGLE_APPLICATION_CREDENTIALS")
        case .unsupported:
            self.init(
                .configuration, error,
                wayOut: "use a service account, a login of gcloud, impersonation, or an external_account by file or url"
            )
        case .foreignHost:
            self.init(.configuration, error, wayOut: "do not use this file unless you know who made it")
        case .universe:
            self.init(.configuration, error, wayOut: "use credentials of googleapis.com")
        case .noIDToken:
            self.init(
                .configuration, error,
                wayOut: "run gcloud auth application-default login --impersonate-service-account=EMAIL, or use a"
                    + " service account")
        case .unreachable, .unavailable, .askedToWait:
            self.init(.tryLater, error, wayOut: "run the same command again later")
        case .unexpected:
            self.init(.tryLater, error, wayOut: "run the same command again; if this stays, it is a fault to report")
        // Only when the signal could not be told: it is asked for first.
        case .interrupted: self.init(.tryLater, error)
        case .untrusted: self.init(.refused, error, wayOut: "SSL_CERT_FILE names the certificates to trust")
        case .unusable: self.init(.configuration, error)
        case .refused(let fault): self.init(.refused, error, wayOut: fault.wayOut)
        }
    }
}

extension TokenFault {
    /// What helps, by what the service says and to whom.
    fileprivate var wayOut: String {
        if clockAhead != nil, code == "invalid_grant" { return "set the clock, as by timedatectl set-ntp true" }
        let login = "run gcloud auth application-default login"
        switch (code, kind) {
        case ("invalid_rapt", _), ("rapt_required", _): return "the organisation wants a new login: \(login)"
        case ("invalid_grant", .serviceAccount):
            return "the key was deleted, or the account deleted or disabled: make a new key, or enable the account"
        case ("invalid_grant", .federation):
            return
                "the subject token has expired, or its provider does not accept it: see credential_source and audience"
        case ("invalid_grant", _): return "the login has expired or was withdrawn: \(login)"
        case ("invalid_client", .user), ("unauthorized_client", .user), ("deleted_client", .user):
            return "the client of the login is not known any more: \(login)"
        case ("invalid_client", _), ("unauthorized_client", _):
            return "the account may not ask for this: see client_id and client_secret, or domain-wide delegation"
        case (_, .impersonation) where status == 403:
            return "it takes roles/iam.serviceAccountTokenCreator on that service account"
        case (_, .impersonation) where status == 404: return "check the address of the service account"
        case (_, .metadata): return "see which service account and scopes the machine has"
        default: return "see what the file of credentials says"
        }
    }
}
