#if PostgreSQL
import CPostgreSQL
public import DeliveryModel
import Foundation

/// Where the shared journal is, and how to get there. Its password is never shown.
public struct JournalAddress: Sendable {
    private let options: [String: String]
    let connectSeconds = 5

    /// - Parameters:
    ///   - url: `postgresql://user@host/database` and what else libpq understands.
    ///   - mayHoldPassword: whether it was read from a file, which others can't see as they see arguments.
    /// - Throws: `DeliveryError` of code `configuration`.
    public init(_ url: String, mayHoldPassword: Bool) throws(DeliveryError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw Self.unusable("it has to begin with postgresql://")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(url, &message) else {
            // The library's message may repeat what it was given.
            PQfreemem(message)
            throw Self.unusable("write it as postgresql://user@host/database")
        }
        defer { PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        if !mayHoldPassword, options["password"] != nil || options["sslpassword"] != nil {
            throw Self.unusable(
                "it contains a password, which others could see. Use --journal-file, or a file named by PGPASSFILE")
        }
        let host = options["hostaddr"] ?? options["host"] ?? ProcessInfo.processInfo.environment["PGHOST"] ?? ""
        if options["sslmode"] == nil, ProcessInfo.processInfo.environment["PGSSLMODE"] == nil,
            options["service"] == nil, !Self.isLocal(host)
        {
            options["sslmode"] = "verify-full"
            if options["sslrootcert"] == nil, ProcessInfo.processInfo.environment["PGSSLROOTCERT"] == nil,
                let file = Self.authorities.first(where: { access($0, R_OK) == 0 })
            {
                options["sslrootcert"] = file
            }
        }
        // A machine that vanished without a word is noticed; so is a server that became a standby.
        let defaults = [
            "application_name": "data-connector", "client_encoding": "UTF8", "keepalives_idle": "10",
            "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "20000", "connect_timeout": "5",
            "target_session_attrs": "read-write",
        ]
        self.options = options.merging(defaults) { given, _ in given }
    }

    /// Where Debian and Red Hat keep the authorities that a system trusts.
    private static let authorities = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    private static func unusable(_ why: String) -> DeliveryError {
        DeliveryError(.configuration, "The journal's address can't be used: \(why).")
    }

    private static func isLocal(_ hosts: String) -> Bool {
        hosts.split(separator: ",").allSatisfy {
            $0.hasPrefix("/") || $0.hasPrefix("@") || $0 == "localhost" || $0.hasPrefix("127.") || $0 == "::1"
        }
    }

    /// Database and host, human-readable.
    public var name: String {
        let host = options["host"] ?? options["hostaddr"] ?? options["service"].map { "service \($0)" } ?? "localhost"
        return "\(options["dbname"] ?? options["user"] ?? "the default database") on \(host)"
            + (options["port"].map { ":\($0)" } ?? "")
    }

    /// What was given, or is the default; `nil` when libpq decides.
    func option(_ name: String) -> String? { options[name] }

    /// Begins a connection, which `PQfinish` ends.
    func start() -> OpaquePointer? {
        let pairs = options.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (key, value) in pairs {
                free(key)
                free(value)
            }
        }
        let keys = pairs.map { $0.0.map { UnsafePointer($0) } } + [nil]
        let values = pairs.map { $0.1.map { UnsafePointer($0) } } + [nil]
        return PQconnectStartParams(keys, values, 1)
    }
}
#endif
