/// What can be set, under the name that it has as an option and in the configuration file.
enum SettingName: String, CaseIterable, Sendable {
    case profile
    case apiURL = "api-url"
    case projectKey = "project-key"
    case projectKeyFile = "project-key-file"
    case insecureHTTP = "insecure-http"
    case window
    case dailyLimit = "daily-limit"
    case timeout
    case apiCA = "api-ca"
    case apiClientCert = "api-client-cert"
    case apiClientKey = "api-client-key"
    case minAge = "min-age"
    case maxAge = "max-age"
    case concurrency
    case rate
    case batchSize = "batch-size"
    case attempts
    case giveUpAfter = "give-up-after"
    case delimiter
    case asciiNames = "ascii-names"
    case cookieFormat = "cookie-format"
    case encoding
    case column
    case noHeader = "no-header"
    case shortRows = "short-rows"
    case nameFormat = "name-format"
    case rejectSuspicious = "reject-suspicious"
    case maxRejected = "max-rejected"
    case repeats
    case onlyNew = "only-new"
    case stateDir = "state-dir"
    case journal
    case journalFile = "journal-file"
    case node
    case lease
    case shareLimit = "share-limit"
    case minFree = "min-free"
    case keep
    case keepFailed = "keep-failed"
    case failedRecordsDir = "failed-records-dirpath"
    case logLevel = "loglevel"
    case listen
    case listenToken = "listen-token"
    case listenInsecure = "listen-insecure"
    case listenHosts = "listen-hosts"
    case maxUpload = "max-upload"
    case listenTokenFile = "listen-token-file"
    case listenUnknownFields = "listen-unknown-fields"
    case listenProxies = "listen-proxies"
    case listenLimits = "listen-limits"
    case drain
    case tlsCert = "tls-cert"
    case tlsKey = "tls-key"

    // How the screen shows a profile; only in one
    case production
    case color

    // The drop folder
    case watch
    case pattern
    case settle
    case duplicates
    case keepFiles = "keep-files"

    // What happens after a run
    case onEnd = "on-end"
    case webhook
    case webhookSecretFile = "webhook-secret-file"

    /// The environment variable that sets it, where there is one.
    var environmentVariable: String? {
        switch self {
        case .apiURL: "API_URL"
        case .projectKey: "PROJECT_KEY"
        case .minAge: "MIN_AGE"
        case .maxAge: "MAX_AGE"
        case .stateDir: "STATE_DIR"
        case .journal: "JOURNAL_URL"
        case .failedRecordsDir: "FAILED_RECORDS_DIRPATH"
        case .logLevel: "LOGLEVEL"
        case .listen: "LISTEN"
        case .listenToken: "LISTEN_TOKEN"
        case .listenInsecure: "LISTEN_INSECURE"
        case .listenHosts: "LISTEN_HOSTS"
        case .listenTokenFile: "LISTEN_TOKEN_FILE"
        case .listenUnknownFields: "LISTEN_UNKNOWN_FIELDS"
        case .listenProxies: "LISTEN_PROXIES"
        default: nil
        }
    }

    /// Whether it says something about a profile, and nothing without one.
    var isOfProfile: Bool { self == .production || self == .color }

    /// Whether another profile may have another value while the program runs.
    var isSwitchable: Bool {
        switch self {
        case .apiURL, .projectKey, .projectKeyFile, .insecureHTTP, .timeout, .apiCA, .apiClientCert, .apiClientKey,
            .minAge, .maxAge, .concurrency, .rate, .production, .color:
            true
        default: false
        }
    }

    /// Whether its value must never be shown.
    var isSecret: Bool { self == .projectKey || self == .listenToken || self == .journal }
}
