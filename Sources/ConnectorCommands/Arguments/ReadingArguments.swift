import ArgumentParser

/// Options that say how a source is read, and which of its records are accepted. They are kept as written.
struct ReadingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("auto, comma, semicolon, tab, or pipe (default: auto).", valueName: "delimiter"))
    var delimiter: String?

    @Option(
        help: ArgumentHelp(
            "The text's encoding, such as windows-1252 or latin-1 (default: UTF-8, or UTF-16 with a byte order mark).",
            valueName: "name"))
    var encoding: String?

    @Option(
        help: ArgumentHelp(
            "Read name, age, cookie or banner_id from a column by its title or number: name=\"Full name\", age=3. "
                + "Repeatable.", valueName: "column=title"))
    var column: [String] = []

    @Flag(help: "The first line is a record, not a header.")
    var noHeader = false

    @Flag(help: "Accept rows that are missing fields at the end but have all four columns.")
    var shortRows = false

    @Option(
        help: ArgumentHelp(
            "letters (any script, and spaces), common (also ' - .), any (all visible characters) or ascii (A–Z) "
                + "(default: letters).", valueName: "format"))
    var nameFormat: String?

    @Flag(help: "The same as --name-format ascii.")
    var asciiNames = false

    @Option(help: ArgumentHelp("any or uuid (default: any).", valueName: "format"))
    var cookieFormat: String?

    @Flag(help: "Reject cookies that look wrong: 1.2E+15, null, #REF!.")
    var rejectSuspicious = false

    @Option(
        help: ArgumentHelp(
            "Send nothing if more records than this are rejected: 100, 2.5% (default: no limit).",
            valueName: "number"))
    var maxRejected: String?

    @Option(
        help: ArgumentHelp(
            "What to do with records that have the same cookie and banner as an earlier one of the same source: send, "
                + "count or skip (default: send).", valueName: "policy"))
    var repeats: String?

    @Option(
        help: ArgumentHelp(
            "Send only records whose cookie and banner were not delivered under this list before, and add them "
                + "to it.", valueName: "list"))
    var onlyNew: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.delimiter] = delimiter
        options[.encoding] = encoding
        options[.nameFormat] = nameFormat
        options[.cookieFormat] = cookieFormat
        options[.maxRejected] = maxRejected
        options[.repeats] = repeats
        options[.onlyNew] = onlyNew
        if !column.isEmpty { options[.column] = column.joined(separator: "\n") }
        if noHeader { options[.noHeader] = "true" }
        if shortRows { options[.shortRows] = "true" }
        if asciiNames { options[.asciiNames] = "true" }
        if rejectSuspicious { options[.rejectSuspicious] = "true" }
        return options
    }
}
