/// A source that can't be read as customer records, at all or from some line on.
public struct SourceFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// It is a file of another kind.
        case notCSV(FileKind)
        /// The text seems to be of this encoding, and nothing says so.
        case unmarkedWideText(String)
        /// Nothing is called so, or cookies would not be read as they are.
        case unknownEncoding(String)
        /// The gzip data end inside a member, after so many bytes of text.
        case cutOffCompression(decompressed: Int)
        case damagedCompression(decompressed: Int)
        case noMemory
        /// A line such as `sep=:` asks for a delimiter that isn't one.
        case unsupportedSeparator(String)
        /// Two columns go by the same name.
        case duplicateColumn(String, titles: [String])
        /// Two columns are mapped to the same column of the file.
        case sharedColumn(String, String)
        /// The header lacks these columns.
        case missingColumns([String], titles: [String])
        /// No header has the title that a column was mapped to.
        case unmatchedMapping(column: String, title: String, titles: [String])
        /// A column was mapped to a number above the number of columns.
        case mappingOutOfRange(column: String, number: Int, columns: Int)
        /// Neither a header nor a record.
        ///
        /// - Parameter titlesLine: where the titles stand if that is below the first line.
        case unknownHeader(firstLine: String, titles: [String], titlesLine: Int?)
        /// The header is divided by one delimiter, the records by another.
        case mixedDelimiters(header: String, records: String)
        /// The records can be read with each of these.
        case ambiguousDelimiter([String])
        /// A record stands above the header.
        case recordAboveHeader(headerLine: Int)
        /// Another header names the columns in another order.
        case headerInAnotherOrder(titles: [String])
        /// More records are rejected than the sender allows.
        case tooManyRejected(rejected: Int, read: Int, limit: String, reason: String)
    }

    public let code: Code
    /// The physical line where it was found.
    public let line: Int

    public init(_ code: Code, line: Int) {
        self.code = code
        self.line = line
    }

    /// One line: what is wrong, where, and what to do.
    public var description: String { message(for: "The source") }

    /// The same about a source by its name.
    public func message(for name: String, wording: OptionWording = .commandLine) -> String {
        switch code {
        case .notCSV(let kind): "\(name) \(kind.advice)"
        case .unmarkedWideText(let encoding):
            "\(name) looks like \(encoding) text, but has no byte order mark that says so. Try again with "
                + "\(wording.value("encoding", encoding)), or export the file as \"CSV UTF-8\"."
        case .unknownEncoding(let encoding):
            "\(name): the encoding " + (TextEncodings.fault(encoding) ?? "“\(Self.shown(encoding))” is not supported.")
        case .cutOffCompression(let count):
            "\(name): the gzip data ends too early, after \(count) bytes of text: the file is incomplete. "
                + "Copy or download it again."
        case .damagedCompression(let count):
            "\(name): the gzip data is damaged after \(count) bytes of text. Copy or download the file again."
        case .noMemory: "\(name): not enough memory to decompress it. Try again later."
        case .unsupportedSeparator, .duplicateColumn, .sharedColumn, .missingColumns, .unmatchedMapping,
            .mappingOutOfRange, .unknownHeader, .mixedDelimiters, .ambiguousDelimiter, .recordAboveHeader,
            .headerInAnotherOrder:
            "\(name), line \(line): \(detail(wording))"
        case .tooManyRejected: "\(name): \(detail(wording))"
        }
    }

    private func detail(_ wording: OptionWording) -> String {
        switch code {
        case .unsupportedSeparator(let text):
            "“\(Self.shown(text))” asks for a delimiter that isn't supported. Use a comma, semicolon, tab, or pipe (|)."
        case .duplicateColumn(let name, let titles):
            "two columns are named \(name) (\(Self.list(titles))). Rename one, or specify which to read, "
                + "for example \(wording.value("column", "\(name)=\(Self.place(of: name, in: titles))"))."
        case .missingColumns(let names, let titles)
        where !LookalikeTitle.all(in: titles, for: names).isEmpty:
            Self.lookalikes(LookalikeTitle.all(in: titles, for: names), names, titles, wording)
        case .missingColumns(let names, let titles):
            "the header lacks \(names.joined(separator: ", ")) (\(Self.list(titles))). "
                + "Specify which columns those are: \(Self.suggestion(names, titles, wording))."
        case .unmatchedMapping(let column, let title, let titles):
            "no column is titled “\(Self.shown(title))”, to which \(column) is mapped (\(Self.list(titles))). "
                + "Use a title of the file, or a number from 1 to \(max(1, titles.count))."
        case .sharedColumn(let first, let second):
            "\(first) and \(second) are mapped to the same column of the file. Map each of them to one of its own."
        case .mappingOutOfRange(let column, let number, let count):
            "\(column) is mapped to column \(number), but the line has \(count) columns."
        case .unknownHeader(let text, let titles, _) where titles.count < KnownColumn.allCases.count:
            "none of the first \(HeadRecords.maximumRecords) lines is a header with name, age, cookie, and banner_id, "
                + "and this one has fewer than four columns, which \(wording.name("column")) and \(wording.name("no-header")) need: "
                + "“\(Self.shown(text, 120))”. \(Self.remedy(text, wording))"
        case .unknownHeader(let text, let titles, let titlesLine):
            "neither a header with name, age, cookie and banner_id nor a record: “\(Self.shown(text, 120))”. "
                + (titlesLine.map { "Line \($0) may be the header (\(Self.list(titles))). " } ?? "")
                + "Specify which columns those are: \(Self.suggestion(KnownColumn.allCases.map(\.rawValue), titles, wording)); "
                + "or, if the file has no header and its columns are in this order, use \(wording.flag("no-header"))."
        case .mixedDelimiters(let header, let records):
            "the header is separated by \(header), but this line by \(records). Use one delimiter in the whole file."
        case .ambiguousDelimiter(let names):
            "the records can be read with more than one delimiter (\(names.joined(separator: ", "))). "
                + "Specify which one is right, for example \(wording.value("delimiter", names.first ?? "comma"))."
        case .recordAboveHeader(let headerLine):
            "a record is above the header, which is in line \(headerLine). Were files combined? "
                + "Move the header to the top, or split the file there."
        case .headerInAnotherOrder(let titles):
            "another header names the columns in another order (\(Self.list(titles))), so what follows would be "
                + "misread. Were files combined? Split the file there."
        case .tooManyRejected(let rejected, let read, let limit, let reason):
            "\(rejected) of \(read) records are rejected, more than the limit of \(limit), most of them because of "
                + "\(reason). Nothing was sent. Fix the file, or raise \(wording.name("max-rejected"))."
        // Of the source as a whole, not of a line.
        case .notCSV, .unmarkedWideText, .unknownEncoding, .cutOffCompression, .damagedCompression, .noMemory: ""
        }
    }

    /// What to do about a line that one delimiter doesn't divide into four fields.
    private static func remedy(_ text: String, _ wording: OptionWording) -> String {
        let text = text.drop(while: \.isWhitespace)
        if text.count > 1, text.first == "\"", text.last == "\"", !text.dropFirst().dropLast().contains("\"") {
            return "The whole line is in quotes: export the file again without quotes around whole lines."
        }
        if let other = Delimiter.allCases.first(where: { delimiter in
            text.utf8.count { $0 == delimiter.byte } >= KnownColumn.allCases.count - 1
        }) {
            return "It looks separated by \(other.name), but the file is read with another delimiter: remove the sep=… "
                + "line, or use \(wording.value("delimiter", other.name))."
        }
        return "Delete what is above the header, or export the file again with all four columns, separated by commas, "
            + "semicolons, tabs, or pipes (|)."
    }

    private static func list(_ titles: [String]) -> String {
        let shown = titles.prefix(20).map { Self.shown($0) }.joined(separator: ", ")
        return "found: \(shown)\(titles.count > 20 ? ", …" : "")"
    }

    /// Mappings with the titles that are like the columns' names. A guess that is wrong would send wrong records, so
    /// any other title is left to the reader.
    private static func suggestion(_ columns: [String], _ titles: [String], _ wording: OptionWording) -> String {
        let options = columns.map { column in
            let places = titles.indices.filter { place in
                KnownColumn(title: titles[place]) == nil && KnownColumn(rawValue: column)?.isLike(titles[place]) == true
            }
            // Of several, its reader knows which one is meant.
            guard let place = places.first, places.count == 1 else { return wording.value("column", "\(column)=…") }
            return wording.value("column", "\(column)=\(typed(titles[place], place + 1))")
        }
        return options.joined(separator: " ")
    }

    /// A title as it is typed in a shell; the column's number where that is hard to type, or a number itself.
    private static func typed(_ title: String, _ number: Int) -> String {
        let isPlain = title.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " }
        guard isPlain, title.count <= 40, Int(title) == nil else { return String(number) }
        return title.contains(" ") ? "\"\(title)\"" : title
    }

    /// What to do about letters that only look like those of the columns' names.
    private static func lookalikes(
        _ found: [LookalikeTitle], _ names: [String], _ titles: [String], _ wording: OptionWording
    ) -> String {
        var others = titles
        for title in found { others[title.number - 1] = "" }
        let missing = names.filter { name in !found.contains { $0.column.rawValue == name } }
        let options =
            found.map { wording.value("column", "\($0.column.rawValue)=\($0.number)") }
            + (missing.isEmpty ? [] : [suggestion(missing, others, wording)])
        return found.map(\.description).joined(separator: "; ") + ". "
            + (missing.isEmpty ? "" : "The header also lacks \(missing.joined(separator: ", ")) (\(list(titles))). ")
            + "Use \(options.joined(separator: " ")), or retype the header."
    }

    /// The number of the first column of that name, or of the first title that is there twice, which was mapped to it.
    private static func place(of name: String, in titles: [String]) -> Int {
        let known = titles.map(KnownColumn.normalized)
        let index =
            titles.firstIndex { KnownColumn(title: $0)?.rawValue == name }
            ?? known.indices.first { known[($0 + 1)...].contains(known[$0]) }
        return (index ?? 0) + 1
    }

    /// Text of a source that is safe and short enough to be shown.
    static func shown(_ text: String, _ limit: Int = 40) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        let clean = String(view)
        return clean.count > limit ? clean.prefix(limit) + "…" : clean
    }
}
