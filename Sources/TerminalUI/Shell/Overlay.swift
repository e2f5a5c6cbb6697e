import CustomerRecords
import DeliveryModel
import TerminalKit

/// What lies over a screen and has the keys.
enum Overlay: Sendable {
    case help(HelpModel)
    case palette(PaletteModel)
    case settings(SettingsModel)
    case sandbox(SandboxModel)
    case confirmation(Confirmation)
    case edit(EditModel)
    case path(PathPrompt)
    case mapping(MappingModel)
    case inspector(InspectorModel)
    case fix(FixModel)
    case encoding(EncodingModel)
    case profiles(ProfilesModel)
    case erasure(ErasureModel)
    case audit(AuditModel)
}

struct HelpModel: Sendable {
    var top = 0
}

struct PaletteModel: Sendable {
    var field = TextField()
    var cursor = ListCursor()
}

/// What the Send screen asks the engine for.
struct StartRequest: Hashable, Sendable {
    var path: String
    var filter: AgeFilter
    /// Of the file that the operator was asked about.
    var version: FileVersion?
    var reading = FileReading()
    /// The list of which only new records are sent; `nil` sends all.
    var onlyNew: String?
}

/// The simulated API's faults.
struct SandboxModel: Sendable {
    enum Row: Int, CaseIterable, Sendable {
        case outage, errors, rateLimit, retryAfter, latency, jitter, tokenLifetime, refusals
    }

    var row = Row.outage
}
