public import CustomerRecords
public import DeliveryModel

/// A named set of options of the configuration file, as the screen shows it.
public struct Profile: Hashable, Sendable {
    /// Of its name in the header.
    public enum Color: String, CaseIterable, Hashable, Sendable {
        case red, yellow, green, blue, magenta, cyan
    }

    public var name: String
    /// As it stands in the file; `nil` when the profile leaves the address to the environment.
    public var address: String?
    /// Whether real customers are at stake: the header is red, and its name is asked for before much is sent.
    public var isProduction: Bool
    public var color: Color?

    /// A profile is of production as its name says, until it says otherwise.
    public init(name: String, address: String? = nil) {
        self.name = name
        self.address = address
        let word = name.lowercased()
        isProduction = word == "prod" || word == "live" || word.hasPrefix("production")
    }
}

/// Lets the operator deliver with another profile.
public protocol ProfileControl: Sendable {
    /// Whether the settings without a profile are a choice, too.
    var hasPlainSettings: Bool { get }

    /// Uses a profile's address, key, ages and limits from here on; `nil` is none.
    /// - Throws: why not; the present profile stays in use then.
    func use(_ name: String?) async throws(DeliveryError) -> UsedProfile
}

/// What is used since a switch.
public struct UsedProfile: Hashable, Sendable {
    public var name: String?
    public var url: String
    public var filter: AgeFilter

    public init(name: String?, url: String, filter: AgeFilter) {
        self.name = name
        self.url = url
        self.filter = filter
    }
}
