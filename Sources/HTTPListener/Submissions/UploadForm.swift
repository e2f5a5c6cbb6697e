import NIOCore
import NIOHTTP1

/// The form of an upload: one file and a few small fields, in any order.
struct UploadForm {
    enum Action {
        case nothing
        case beginFile
        case write(ByteBuffer)
    }

    private enum Part {
        case file
        case field(name: String)
    }

    private let limits: ListenerLimits
    private var part: Part?
    private var value = ByteBuffer()
    private var fields = 0
    private(set) var fieldValues = RequestParameters()
    /// The client's name of the file.
    private(set) var fileName: String?
    /// What the client says that the file is.
    private(set) var fileType: String?

    private let names: KnownNames

    init(limits: ListenerLimits, unknown: KnownNames.Unknown) {
        self.limits = limits
        names = KnownNames(UploadParameters.names, unknown: unknown)
    }

    mutating func take(_ event: MultipartParser.Event) throws(Refusal) -> Action {
        switch event {
        case .part(let header): return try begin(header)
        case .data(let bytes):
            if case .file = part { return .write(bytes) }
            guard value.readableBytes + bytes.readableBytes <= limits.formFieldBytes else {
                throw Refusal(.badRequest, "A field of the form is longer than \(limits.formFieldBytes) bytes.")
            }
            value.writeImmutableBuffer(bytes)
        case .partEnd:
            if case .field(let name) = part {
                guard let text = String(validating: value.readableBytesView, as: UTF8.self)
                else { throw Refusal(.badRequest, "A field of the form is not UTF-8.") }
                guard fieldValues.add(name, text) else {
                    throw Refusal(.badRequest, "A field of the form is given twice.")
                }
            }
            part = nil
        case .end: break
        }
        return .nothing
    }

    private mutating func begin(_ header: MultipartPartHeader) throws(Refusal) -> Action {
        guard let given = header.fileName else {
            // It was sent as a field, without a file's name.
            guard header.name != "file" else { throw .noFile }
            try names.check(header.name, what: "The field")
            fields += 1
            guard fields <= limits.formFields else {
                throw Refusal(.badRequest, "The form has more than \(limits.formFields) fields.")
            }
            part = .field(name: header.name)
            value.clear()
            return .nothing
        }
        // Browsers send an empty name when no file is chosen.
        guard header.name == "file", !given.isEmpty else { throw .noFile }
        guard fileName == nil else { throw Refusal(.badRequest, "Only one file is accepted.") }
        let isCSV = [".csv", ".csv.gz"].contains { given.lowercased().hasSuffix($0) }
        guard isCSV else { throw .notCSV }
        fileName = Self.shown(given)
        fileType = header.contentType
        part = .file
        return .beginFile
    }

    /// A name that is safe to show: without control characters, of bounded length.
    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.properties.generalCategory != .control }))
            .suffix(200).description
    }
}
