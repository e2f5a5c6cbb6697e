import CustomerRecords
import DeliveryModel
import NIOHTTP1

/// How an upload is to be read: what its form says, then what the query says, then what its media type says.
struct UploadParameters: Sendable {
    /// Parameters of the query, and fields of a form beside the file.
    static let names = ["min_age", "max_age"] + ReaderOptions.parameters
    /// Those that say something of CSV only. Records in JSON are written in one way.
    private static let ofCSV: Set<String> = ["column", "delimiter", "encoding", "no_header", "short_rows"]

    private let form: RequestParameters
    private let query: RequestParameters
    private let type: HeaderParameters?

    /// - Parameter type: of the body, or of the file in a form.
    init(form: RequestParameters, query: RequestParameters, type: HeaderParameters?) {
        self.form = form
        self.query = query
        self.type = type
    }

    /// Everything that is said, in an order that doesn't depend on the client. The ages come first, as in keys that an
    /// earlier version kept.
    var identity: String {
        var lines = [value("min_age") ?? "", value("max_age") ?? ""]
        lines += given.filter { ReaderOptions.parameters.contains($0.name) }.map { "\($0.name)=\($0.value)" }.sorted()
        for name in ["charset", "header"] {
            if let value = type?[name]?.lowercased(), value != "utf-8" { lines.append("\(name)=\(value)") }
        }
        return lines.joined(separator: "\n")
    }

    /// The form's fields, and those parameters of the query that the form doesn't name.
    private var given: [(name: String, value: String)] {
        form.all + query.all.filter { form[$0.name] == nil }
    }

    /// - Parameter isCSV: whether a file is read, and not records in JSON.
    /// - Throws: `Refusal` with 400: which of them can't be used, and why.
    func options(_ defaults: ReaderOptions, isCSV: Bool) throws(Refusal) -> ReaderOptions {
        for (name, value) in form.all {
            if let other = query[name], other != value {
                throw Refusal(.badRequest, "\(name) has one value in the form and another one in the query.")
            }
        }
        var options = defaults
        if isCSV {
            try applyType(to: &options)
        } else {
            options.hasNoHeader = true
            options.delimiter = .comma
            options.encoding = nil
            options.columns = ColumnMapping()
            options.allowsShortRows = false
        }
        if given.contains(where: { $0.name == "column" }) { options.columns = ColumnMapping() }
        for (name, value) in given where ReaderOptions.parameters.contains(name) {
            if !isCSV, Self.ofCSV.contains(name) {
                throw Refusal(.badRequest, "\(name) applies to CSV only: records in JSON name their fields.")
            }
            try Self.set(name, value, in: &options)
        }
        options.filter = try defaults.filter.overridden(
            minimumText: value("min_age"), maximumText: value("max_age"))
        return options
    }

    private func value(_ name: String) -> String? { form[name] ?? query[name] }

    private func applyType(to options: inout ReaderOptions) throws(Refusal) {
        if let charset = type?["charset"] { try Self.set("encoding", charset, in: &options) }
        switch type?["header"]?.lowercased() {
        case nil: break
        case "absent"?: options.hasNoHeader = true
        case "present"?: options.hasNoHeader = false
        default: throw Refusal(.badRequest, "The parameter header of Content-Type must be present or absent.")
        }
    }

    private static func set(_ name: String, _ value: String, in options: inout ReaderOptions) throws(Refusal) {
        do {
            _ = try options.set(name, value)
        } catch {
            throw Refusal(.badRequest, error.description)
        }
    }
}
