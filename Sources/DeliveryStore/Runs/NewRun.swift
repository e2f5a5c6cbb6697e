public import CustomerRecords
public import DeliveryModel

public import struct Foundation.Date

/// A run to be created.
public struct NewRun: Sendable {
    /// What it reads, as it is shown.
    public var source: RunSource
    /// Where the bytes of the source lie.
    public var location: SourceLocation
    /// What tells this content of the source from another; `nil` for stored records.
    public var fingerprint: SourceFingerprint?
    /// How the source is written; `nil` when the store holds its records.
    public var dialect: CSVDialect?
    /// How the source is read, which holds to the run's end.
    public var options: ReaderOptions
    /// How it begins.
    public var state: RunState
    /// When it begins, by this machine's clock.
    public var startedAt: Date
    /// The local date at its start, which names the file of its unsent records.
    public var localDay: LocalDay
    /// Where it delivers to.
    public var binding: RunBinding
    /// The process that works on it.
    public var owner: RunOwner
    /// Who asked for it: a user and host, or a token's name and a client's address.
    public var submittedBy: String?
    /// What the reader decided by itself.
    public var notices: [Notice]
    /// Noted in the commit that creates the run, which it gets.
    public var audit: AuditEntry?
    /// Tells runs that are to be created apart, so that creating one again after a lost answer finds it.
    public let creation: Int64

    public init(
        source: RunSource, location: SourceLocation = .stored, fingerprint: SourceFingerprint? = nil,
        dialect: CSVDialect? = nil, options: ReaderOptions, state: RunState = .preparing,
        startedAt: Date, binding: RunBinding, owner: RunOwner = .current, submittedBy: String? = nil,
        notices: [Notice] = [], audit: AuditEntry? = nil
    ) {
        self.source = source
        self.location = location
        self.fingerprint = fingerprint
        self.dialect = dialect
        self.options = options
        self.state = state
        self.startedAt = startedAt
        localDay = LocalDay(startedAt)
        self.binding = binding
        self.owner = owner
        self.submittedBy = submittedBy
        self.notices = notices
        self.audit = audit
        creation = Int64.random(in: .min...(.max))
    }
}

/// The API that a run belongs to: it is never continued toward another one.
public struct RunBinding: Hashable, Sendable {
    /// The address in its normal form, or `sandbox`; `nil` in a run of an older version.
    public var api: String?
    /// The named set of options that it was started with; `nil` for none.
    public var profile: String?

    public init(api: String?, profile: String? = nil) {
        self.api = api
        self.profile = profile
    }

    /// Why a run with this binding is not continued by a process with another one; `nil` when it can be.
    public func obstacle(to other: RunBinding, for run: RunID) -> DeliveryError? {
        guard let api, self != other else { return nil }
        func words(_ api: String?, _ profile: String?) -> String {
            (api ?? "no address") + (profile.map { " (profile \($0))" } ?? " (no profile)")
        }
        let remedy =
            profile == other.profile
            ? "with its own address" : profile.map { "with --profile \($0)" } ?? "without --profile"
        return DeliveryError(
            .conflict,
            "Run \(run) belongs to \(words(api, profile)); this process delivers to "
                + "\(words(other.api, other.profile)). Nothing was sent: continue it \(remedy).")
    }
}

extension NewRun {
    /// The run as it begins.
    public func summary(_ id: RunID) -> RunSummary {
        RunSummary(
            id: id, source: source, state: state, startedAt: startedAt, localDay: localDay, filter: options.filter,
            notices: notices,
            api: binding.api, profile: binding.profile, unreadBytes: fingerprint?.size, submittedBy: submittedBy,
            node: owner.node, owner: owner.instance)
    }
}

extension RunSummary {
    /// Where it delivers to.
    public var binding: RunBinding { RunBinding(api: api, profile: profile) }
}
