/// How a message names what can be said of reading: as options of the command line, or as the fields of a form over
/// HTTP.
public enum OptionWording: Hashable, Sendable {
    case commandLine
    case form

    /// `--no-header` · `no_header=true`
    func flag(_ name: String) -> String {
        switch self {
        case .commandLine: "--\(name)"
        case .form: "\(Self.field(name))=true"
        }
    }

    /// `--max-rejected` · `max_rejected`
    func name(_ name: String) -> String {
        switch self {
        case .commandLine: "--\(name)"
        case .form: Self.field(name)
        }
    }

    /// `--encoding windows-1252` · `encoding=windows-1252`
    func value(_ name: String, _ value: String) -> String {
        switch self {
        case .commandLine: "--\(name) \(value)"
        case .form: "\(Self.field(name))=\(value)"
        }
    }

    private static func field(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
