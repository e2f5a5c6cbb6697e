public import CustomerRecords
public import DeliveryModel
import Foundation
public import TerminalKit

/// What the screen works with.
public struct TerminalUIServices: Sendable {
    /// With what the screen begins.
    public struct Options: Sendable {
        /// How files are read, and whose records are sent unless the operator says otherwise.
        public var reading: ReaderOptions
        /// Selected at the start.
        public var file: String?
        /// The running process, when it is not this one.
        public var attachedTo: Int32?

        public init(reading: ReaderOptions = ReaderOptions(), file: String? = nil, attachedTo: Int32? = nil) {
            self.reading = reading
            self.file = file
            self.attachedTo = attachedTo
        }
    }

    /// What is known of the API.
    public struct API: Sendable {
        /// As it was given; empty when it is missing.
        public var url: String
        /// Whether the project key must be asked for.
        public var needsKey: Bool

        public init(url: String, needsKey: Bool) {
            self.url = url
            self.needsKey = needsKey
        }
    }

    public var delivery: any DeliveryService
    public var listener: (any ListenerControl)?
    /// The drop folder; `nil` where none can be watched.
    public var folder: (any FolderControl)?
    /// The nodes of a shared journal; `nil` without one.
    public var nodes: (any NodesControl)?
    /// Present with `--sandbox` only.
    public var sandbox: (any SimulatedAPIControl)?
    public var log: any LogSource
    public var options: Options
    public var api: API
    /// The profiles of the configuration file, and what switches them; `nil` where that can't be done.
    public var profiles: [Profile]
    public var profileControl: (any ProfileControl)?
    /// Where the screen keeps what it remembers; `nil` remembers nothing.
    public var stateDirectory: String?
    /// Where runs keep their files, when that is another one.
    public var runsDirectory: String?
    /// Takes what is written to standard error while the screen is up.
    public var errorFile: String?
    /// `nil` takes the remembered theme.
    public var theme: ThemeName?
    /// What is logged at all.
    public var logLevel: LogLine.Level

    public init(
        delivery: any DeliveryService, listener: (any ListenerControl)? = nil,
        sandbox: (any SimulatedAPIControl)? = nil, log: any LogSource, options: Options = Options(),
        api: API = API(url: "", needsKey: false), profiles: [Profile] = [],
        profileControl: (any ProfileControl)? = nil, stateDirectory: String? = nil, errorFile: String? = nil,
        theme: ThemeName? = nil, logLevel: LogLine.Level = .debug
    ) {
        self.delivery = delivery
        self.listener = listener
        self.sandbox = sandbox
        self.log = log
        self.options = options
        self.api = api
        self.profiles = profiles
        self.profileControl = profileControl
        self.stateDirectory = stateDirectory
        self.errorFile = errorFile
        self.theme = theme
        self.logLevel = logLevel
    }
}
